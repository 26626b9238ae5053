#!/usr/bin/env python3
"""Runs scenarios whose controller is a real HTTP server, and sets one that decides as `hpa` does against `hpa` itself.

    external_controller_test.py PROGRAM
"""

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

failures = 0


def check(what, holds, *seen):
    global failures
    print(("ok      " if holds else "FAILED  ") + what, *([] if holds else seen), flush=True)
    failures += not holds


class Hpa:
    """The rule of the Horizontal Pod Autoscaler on CPU: tolerance, unready pods, a window downwards, no rate limits."""

    def __init__(self, target, window):
        self.target, self.window, self.recommendations = Fraction(target), window, []

    def recommended(self, seen):
        ready, starting, desired = seen["in_service"], seen["launching"], seen["desired"]
        if ready == 0 or seen["cpu_util"] is None:
            return desired
        used = Fraction(seen["cpu_util"]) * ready

        def near(pods):
            return abs(used / (self.target * pods) - 1) <= Fraction(1, 10)

        size = -(-used // self.target)
        if near(ready):
            return desired
        if starting == 0 or used < self.target * ready:
            return size
        pods = ready + starting  # those that start are taken for idle
        return desired if used <= self.target * pods or near(pods) else size

    def size(self, seen):
        now = datetime.fromisoformat(seen["time"].replace("Z", "+00:00")).timestamp()
        wanted = min(max(self.recommended(seen), seen["min"]), seen["max"])
        self.recommendations = [(at, size) for at, size in self.recommendations if at + self.window > now] + [(now, wanted)]
        highest = max(size for _, size in self.recommendations)
        return max(wanted, min(seen["desired"], highest))


class Answers(http.server.BaseHTTPRequestHandler):
    """Each path is another kind of controller."""

    hpa, seen = None, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen = json.loads(body, parse_float=Decimal)
        Answers.seen.append((self.headers, seen))
        status, answer = 200, {
            "/size": lambda: json.dumps({"size": int(Answers.hpa.size(seen))}),
            "/none": lambda: '{"size": null}',
            "/lost": lambda: "nowhere",
            "/text": lambda: "five",
            "/other": lambda: '{"count": 5}',
            "/many": lambda: '{"size": 1000001}',
            "/less": lambda: '{"size": -1}',
            "/half": lambda: '{"size": 1.5}',
            "/late": lambda: time.sleep(2) or '{"size": 5}',
        }[self.path]()
        if self.path == "/lost":
            status = 404
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()  # no length: the answer ends with the connection
            self.wfile.write(answer.encode())
        except OSError:
            pass  # who asked has not waited

    def log_message(self, *_):
        pass


def scenario(controller):
    group = "/autoscaling-api/v1/{project_id}/scaling_group"
    config = {"flavorRef": "s3.large.2", "imageRef": "{image}", "key_name": "{key_pair}",
              "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}
    return json.dumps({
        "name": "outside", "duration": "2h", "region": {"boot_time": "90s"},
        "calls": [
            {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_configuration", "save": "conf",
             "body": {"scaling_configuration_name": "conf", "instance_config": config}},
            {"at": "+0s", "call": "POST " + group, "save": "web",
             "body": {"scaling_group_name": "web", "scaling_configuration_id": "{conf}", "min_instance_number": 1,
                      "desire_instance_number": 2, "max_instance_number": 12, "vpc_id": "{vpc}",
                      "networks": [{"id": "{subnet}"}]}},
            {"at": "+0s", "call": "POST " + group + "/{web}/action", "body": {"action": "resume"}}],
        "workloads": [{"group": "web", "capacity_per_instance": 10, "generator": {
            "base_per_second": 15, "noise": 0.1,
            "flash_crowds": [{"at": "20m", "ramp": "10m", "hold": "10m", "decay": "20m", "added_per_second": 70}]}}],
        "controllers": [dict(controller, group="web", interval="15s")]})


class Runs:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def run(self, name, controller, *more):
        path = os.path.join(self.folder, name + ".json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(scenario(controller))
        return subprocess.run([self.program, *(more or ["run"]), path, *([] if more else ["--journal", "-"])],
                              capture_output=True, text=True, check=False)


def set_against_hpa(runs, url):
    free = [{"type": "pods", "value": 1000000, "period": "1m"}]
    inside = runs.run("inside", {
        "type": "hpa", "metrics": [{"target": 60}], "scale_up": {"policies": free},
        "scale_down": {"stabilization_window": "3m", "policies": free}})
    Answers.hpa = Hpa(60, 180)
    outside = runs.run("outside", {"type": "external", "url": url + "/size"})
    check("both runs end well", inside.returncode == outside.returncode == 0, inside.stderr, outside.stderr)
    changes = inside.stdout.count("controllers[0]")
    check("the built-in autoscaler changes the size often", changes >= 10, changes)
    check("the journals are equal", inside.stdout == outside.stdout)
    headers, first = Answers.seen[0]
    check("questions are JSON", headers["Content-Type"] == "application/json", headers)
    check("there is a question at each look", len(Answers.seen) == 480, len(Answers.seen))
    check("the first one says how things are", first == {
        "scenario": "outside", "seed": 1, "group": "web", "time": "2026-01-05T00:00:00Z", "desired": 2, "in_service": 0,
        "launching": first["launching"], "min": 1, "max": 12, "cpu_util": None,
        "demand_per_second": first["demand_per_second"], "queue": 0}, first)


def wrong_answers(runs, url):
    none = runs.run("none", {"type": "external", "url": url + "/none"})
    check("no wish changes nothing", none.returncode == 0 and "controllers[0]" not in none.stdout, none.stderr)
    for path, told in {"/lost": "status 404, expected 200", "/text": "answered 'five'", "/other": "missing key 'size'",
                       "/many": "1000001, expected 0 to 1000000", "/less": "-1, expected 0 to 1000000",
                       "/half": "1.5, expected a whole number"}.items():
        ran = runs.run("wrong", {"type": "external", "url": url + path})
        check(f"{path} ends the run with status 3, the address and what came",
              ran.returncode == 3 and url + path in ran.stderr and told in ran.stderr, ran.returncode, ran.stderr)
    late = runs.run("late", {"type": "external", "url": url + "/late", "timeout": "200ms"})
    check("who is late is not waited for", late.returncode == 3 and "no answer within 200ms" in late.stderr, late.stderr)
    https = runs.run("https", {"type": "external", "url": "https://127.0.0.1/"})
    check("an address that can't be one makes the scenario invalid",
          https.returncode == 2 and "expected http://host[:port][/path]" in https.stderr, https.stderr)


def without_server(runs, url):
    ran = runs.run("gone", {"type": "external", "url": url + "/size"})
    check("nobody there ends the run with status 3", ran.returncode == 3 and "Connection refused" in ran.stderr, ran.stderr)


def compared(runs, url):
    """Stateless answers, so that runs at the same time do not mix."""
    ran = runs.run("compared", {"type": "external", "url": url + "/none"}, "compare", "--seeds", "1..2", "--variant",
                   "one more: groups.web.desire_instance_number=3")
    check("compare asks, too", ran.returncode == 0 and "one more" in ran.stdout, ran.returncode, ran.stderr)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(os.path.abspath(sys.argv[1]), folder)
        set_against_hpa(runs, url)
        wrong_answers(runs, url)
        compared(runs, url)
        server.shutdown()
        server.server_close()
        without_server(runs, url)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
