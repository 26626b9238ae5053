#!/usr/bin/env python3
"""Whether a test fails for each small mistake in the service's decisions (sim/decide).

    tools/mutation.py [--list] [--only TEXT] [--build DIR] [--survivors FILE] [--quick]

Makes one mistake after the other: a comparison flipped or moved by one, a condition negated, dropped or half of it
dropped, + for -, min for max, another number, another answer, a statement left out. Each is built into decide_test; those
that it does not notice are tried again with rules_test. Sources are copied to the build directory, so the tree itself is
never touched.

Ends with 0 when every mistake that compiles is noticed (a test fails, or takes far too long) or is listed with a
reason in FILE (tests/mutation_survivors.txt), and when that file lists nothing else. The report is DIR/report.txt.

    --list       prints the mistakes and makes none
    --only TEXT  those whose "file: line" contains TEXT; FILE may list others then
    --quick      with decide_test only
    --build DIR  default build/mutation
"""
import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOM = "sim/decide"
PROGRAMS = ["decide_test", "rules_test"]
COPIED = ["CMakeLists.txt", "CMakePresets.json", "sim", "api", "scenarios", "tests", "tools", "bench", "RULES.md", "README.md"]
MEMORY = 6 << 30  # A mistake must not take the machine with it.

# ---- Tokens: mistakes are made in code only, never in comments, texts, characters or directives -------------------

TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<text>(?:u8|[uUL])?R"(?P<fence>[^\s()\\]*)\(.*?\)(?P=fence)"|(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
  | (?P<character>(?:u8|[uUL])?'(?:\\.|[^'\\\n])+')
  | (?P<number>\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign><=>|<<=|>>=|->\*|\.\.\.|::|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.VERBOSE | re.MULTILINE | re.DOTALL)


class Token:
    def __init__(self, kind, text, begin):
        self.kind, self.text, self.begin, self.end = kind, text, begin, begin + len(text)


def tokens_of(source):
    found = []
    at = 0
    while at < len(source):
        if source[at].isspace():
            at += 1
            continue
        match = TOKEN.match(source, at)
        kind = match.lastgroup if match.lastgroup != "fence" else "text"
        text = match.group(0)
        if kind not in ("comment", "directive"):
            found.append(Token(kind, text, at))
        at += len(text)
    return found


OPENS, CLOSES = {"(": ")", "[": "]", "{": "}"}, {")": "(", "]": "[", "}": "{"}


def partners_of(tokens):
    partner, open_ones = {}, []
    for i, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in OPENS:
            open_ones.append(i)
        elif token.text in CLOSES:
            begin = open_ones.pop()
            partner[begin], partner[i] = i, begin
    return partner


# ---- Mistakes -----------------------------------------------------------------------------------------------------

FLIPPED = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
SWAPPED = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=",
           "++": "--", "--": "++", "&&": "||", "||": "&&"}
NAMES = {"min": "max", "max": "min", "min_element": "max_element", "max_element": "min_element",
         "lower_bound": "upper_bound", "upper_bound": "lower_bound", "true": "false", "false": "true",
         "any_of": "all_of", "all_of": "any_of", "none_of": "any_of"}
NOT_STATEMENTS = {"return", "if", "for", "while", "switch", "case", "default", "else", "do", "using", "namespace",
                  "struct", "class", "enum", "template", "const", "constexpr", "static", "inline", "auto", "public",
                  "private", "friend", "assert", "static_assert", "goto", "try", "catch", "throw", "typedef", "int",
                  "bool", "__extension__"}

DECLARATION = re.compile(r"[\w:]+(<[^;=]*>)?[&*]? \w+\s*(=|;|\{|\()")


class Mistake:
    """What stands in [begin, end) of a file becomes `text`."""

    def __init__(self, path, source, begin, end, text):
        self.path, self.begin, self.end, self.text = path, begin, end, text
        line_begin = source.rfind("\n", 0, begin) + 1
        line_end = source.find("\n", begin)
        self.line = source[line_begin:line_end].strip()
        self.number = source.count("\n", 0, begin) + 1
        self.old = " ".join(source[begin:end].split())
        # Which of several equal texts in its line.
        self.place = source.count(source[begin:end], line_begin, begin) + 1

    def change(self):
        which = f" ({self.place})" if self.line.count(self.old) > 1 else ""
        return f"{self.old}{which} => {self.text or 'nothing'}"

    def key(self):
        return (self.path, self.line, self.change())

    def __str__(self):
        return f"{self.path}:{self.number}: {self.line}\n    {self.change()}"


class Finder:
    def __init__(self, path, source):
        self.path, self.source = path, source
        self.tokens = tokens_of(source)
        self.partner = partners_of(self.tokens)
        self.skipped = self.find_skipped()
        self.found = {}

    # Assertions state what callers promise, and nothing after assert(false) is ever reached.
    def find_skipped(self):
        skipped = set()
        for i, token in enumerate(self.tokens):
            if token.text not in ("assert", "static_assert"):
                continue
            close = self.partner[i + 1]
            skipped.update(range(i, close + 2))
            if self.tokens[i + 2].text == "false":
                at = close + 2
                while at < len(self.tokens) and self.tokens[at].text != "}":
                    skipped.add(at)
                    at += 1
        return skipped

    def add(self, first, last, text):
        """Tokens first to last become `text`."""
        begin, end = self.tokens[first].begin, self.tokens[last].end
        if self.source[begin:end] == text or any(i in self.skipped for i in range(first, last + 1)):
            return
        self.found.setdefault((begin, end, text), Mistake(self.path, self.source, begin, end, text))

    def text(self, first, last):
        return self.source[self.tokens[first].begin:self.tokens[last].end]

    def is_binary(self, i):
        """A sign between two operands has a space on both sides; brackets of templates, * of pointers have not."""
        token = self.tokens[i]
        return self.source[token.begin - 1].isspace() and self.source[token.end].isspace()

    def all(self):
        for i, token in enumerate(self.tokens):
            if token.kind == "sign":
                self.of_sign(i, token)
            elif token.kind == "number":
                self.of_number(i, token)
            elif token.kind == "name":
                self.of_name(i, token)
        self.of_statements()
        return [self.found[key] for key in sorted(self.found)]

    def of_sign(self, i, token):
        text = token.text
        if text in FLIPPED and self.is_binary(i):
            for other in FLIPPED[text]:
                self.add(i, i, other)
        elif text in ("&&", "||") and self.is_binary(i):
            self.add(i, i, SWAPPED[text])
            neutral = "true" if text == "&&" else "false"
            self.add(self.operand_begin(i), i - 1, neutral)
            self.add(i + 1, self.operand_end(i), neutral)
        elif text in ("++", "--") or (text in SWAPPED and self.is_binary(i)):
            self.add(i, i, SWAPPED[text])
        elif text == "!":
            self.add(i, i, "")
        elif text == "-" and not self.source[token.end].isspace():
            self.add(i, i, "")
        elif text == "?":
            begin = self.operand_begin(i)
            self.add(begin, i - 1, f"!({self.text(begin, i - 1)})")

    LEFT_ENDS = {",", ";", "=", "return", "?", ":", "{", "(", "[", "+=", "-="}
    RIGHT_ENDS = {",", ";", "?", ":", "}", ")", "]"}

    def operand_begin(self, i):
        at = i - 1
        stops = self.LEFT_ENDS | ({"&&", "||"} if self.tokens[i].text in ("&&", "||") else set())
        while self.tokens[at].text not in stops:
            at = self.partner[at] if self.tokens[at].text in CLOSES else at
            at -= 1
        return at + 1

    def operand_end(self, i):
        at = i + 1
        stops = self.RIGHT_ENDS | {"&&", "||"}
        while self.tokens[at].text not in stops:
            at = self.partner[at] if self.tokens[at].text in OPENS else at
            at += 1
        return at - 1

    def of_number(self, i, token):
        digits = token.text.replace("'", "")
        if not digits.isdigit() or self.tokens[i - 1].text in ("<", "::"):
            return
        self.add(i, i, str(int(digits) + 1))
        if int(digits) > 0:
            self.add(i, i, str(int(digits) - 1))

    def of_name(self, i, token):
        before, after = self.tokens[i - 1].text, self.tokens[i + 1].text
        if token.text in NAMES and (token.text in ("true", "false") or (before == "::" and after in ("(", "<"))):
            self.add(i, i, NAMES[token.text])
        if token.text == "clamp" and before == "::":
            self.of_clamp(i)
        if token.text in ("if", "while") and after == "(":
            self.of_condition(i + 1)
        if token.text == "for" and after == "(":
            self.of_loop(i + 1)
        if token.text == "return" and after not in ("{", ";", "true", "false", "0"):
            self.add(i + 1, self.statement_end(i) - 1, "{}")
        if token.text == "case":
            self.of_case(i)

    # std::clamp(value, least, most): either bound left out.
    def of_clamp(self, i):
        begin = i + 1
        while self.tokens[begin].text != "(":
            begin += 1
        commas = self.commas_in(begin)
        value = self.text(begin + 1, commas[0] - 1)
        least = self.text(commas[0] + 1, commas[1] - 1)
        most = self.text(commas[1] + 1, self.partner[begin] - 1)
        kind = self.text(i + 1, begin - 1) if begin > i + 1 else ""
        first = i - 2  # std ::
        self.add(first, self.partner[begin], f"std::max{kind}({value}, {least})")
        self.add(first, self.partner[begin], f"std::min{kind}({value}, {most})")

    def commas_in(self, begin):
        found, at = [], begin + 1
        while at < self.partner[begin]:
            if self.tokens[at].text in OPENS:
                at = self.partner[at]
            elif self.tokens[at].text == ",":
                found.append(at)
            at += 1
        return found

    def of_condition(self, begin):
        first, last = begin + 1, self.partner[begin] - 1
        semicolons = [at for at in range(first, last) if self.tokens[at].text == ";"]
        if semicolons:
            first = semicolons[-1] + 1  # if (const auto x = ...; condition)
        condition = self.text(first, last)
        self.add(first, last, f"!({condition})")
        self.add(first, last, "true")
        self.add(first, last, "false")

    # A loop that never begins: over a range by leaving at once, else by its condition.
    def of_loop(self, begin):
        last = self.partner[begin] - 1
        semicolons = [at for at in range(begin + 1, last) if self.tokens[at].text == ";"]
        if len(semicolons) >= 2 and semicolons[-2] + 1 < semicolons[-1]:
            self.add(semicolons[-2] + 1, semicolons[-1] - 1, "false")
        elif not semicolons:
            # The body follows; an if that is false in front of it.
            self.add(last + 1, last + 1, ") if (false)")

    # Falls through to the next case.
    def of_case(self, i):
        at = i
        while self.tokens[at].text != ":":
            at += 1
        if self.tokens[at + 1].text == "return":
            self.add(at + 1, self.statement_end(at + 1), ";")

    def statement_end(self, i):
        """Where its semicolon is; None where the braces around it end before."""
        at = i
        while self.tokens[at].text != ";":
            if self.tokens[at].text in CLOSES:
                return None
            at = self.partner[at] if self.tokens[at].text in OPENS else at
            at += 1
            if at == len(self.tokens):
                return None
        return at

    # Statements that do something, one left out at a time.
    def of_statements(self):
        for i, token in enumerate(self.tokens[:-1]):
            if i == 0 or token.kind not in ("name", "sign") or token.text in NOT_STATEMENTS:
                continue
            before = self.tokens[i - 1]
            starts = before.text in (";", "{", "}", "else", ":") or (before.text == ")" and self.closes_head(i - 1))
            if token.text == "*" and self.is_binary(i):
                continue
            if not starts or token.text in CLOSES or token.text in OPENS or token.text == ";":
                continue
            if before.text in ("{", ":") and not self.in_body(i):
                continue
            second = self.tokens[i + 1]
            if token.kind == "name" and second.kind == "name":
                continue  # A declaration.
            end = self.statement_end(i)
            if end is not None and not DECLARATION.match(self.text(i, end)):
                self.add(i, end, ";")

    def closes_head(self, i):
        return self.tokens[self.partner[i] - 1].text in ("if", "for", "while")

    # Whether a brace or colon before the token opens statements and no list of values.
    def in_body(self, i):
        before = self.tokens[i - 1]
        if before.text == ":":
            at = i - 2
            while self.tokens[at].text not in (";", "{", "}", "case", "default", "?", "("):
                at -= 1
            return self.tokens[at].text in ("case", "default")
        return self.tokens[i - 2].text in (")", "else", "const") or (
            self.tokens[i - 2].text == ":" and self.in_body(i - 1))


def all_mistakes():
    found = []
    for path in sorted((ROOT / ROOM).glob("*.[ch]pp")):
        found += Finder(f"{ROOM}/{path.name}", path.read_text()).all()
    # Sources first: a header makes all the tests compile again.
    return sorted(found, key=lambda each: each.path.endswith(".hpp"))


# ---- What may survive ---------------------------------------------------------------------------------------------

FIELDS = ["file", "line", "change", "reason"]


def read_survivors(path):
    """{key: reason}. Blocks of four fields, blank lines between them; # begins a comment line."""
    known = {}
    text = path.read_text() if path.exists() else ""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for block in re.split(r"\n\s*\n", text.strip()) if text.strip() else []:
        fields, last = {}, None
        for line in block.splitlines():
            match = re.match(r"(file|line|change|reason): (.*)", line)
            if match:
                last = match.group(1)
                # Several changes of one line may share a reason.
                if last == "change" and "change" in fields:
                    fields["change"].append(match.group(2))
                else:
                    fields[last] = [match.group(2)]
            else:
                fields[last][-1] += " " + line.strip()
        if sorted(fields) != sorted(FIELDS):
            sys.exit(f"mutation.py: {path}: a block without one of {', '.join(FIELDS)}:\n{block}")
        for change in fields["change"]:
            known[(fields["file"][0], fields["line"][0], change)] = fields["reason"][0]
    return known


# ---- Build and run ------------------------------------------------------------------------------------------------


class Yard:
    """A copy of the sources and its build."""

    def __init__(self, folder):
        self.folder = folder
        self.source = folder / "source"
        self.out = folder / "out"
        self.limits = {}

    def prepare(self):
        self.source.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            self.copy(name)
        self.do(["cmake", "-S", self.source, "-B", self.out, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                 "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -D_GLIBCXX_ASSERTIONS", "-DTIDEPOOL_BENCH=OFF", "-DTIDEPOOL_WERROR=OFF"])

    def prepare_program(self, name):
        self.do(["ninja", "-C", self.out, "-j1", name])
        begin = time.monotonic()
        if not self.passes(name, 1800):
            sys.exit(f"mutation.py: {name} fails without any mistake")
        self.limits[name] = max(20.0, 5 * (time.monotonic() - begin))

    def copy(self, name):
        """Only what is not the same already, so that little is built again."""
        whole = ROOT / name
        paths = [path for path in ([whole] if whole.is_file() else whole.rglob("*")) if path.is_file()]
        wanted = {path.relative_to(ROOT) for path in paths}
        for path in wanted:
            there = self.source / path
            content = (ROOT / path).read_bytes()
            if not there.exists() or there.read_bytes() != content:
                there.parent.mkdir(parents=True, exist_ok=True)
                there.write_bytes(content)
                shutil.copymode(ROOT / path, there)
        for path in (self.source / name).rglob("*"):
            if path.is_file() and path.relative_to(self.source) not in wanted:
                path.unlink()

    def do(self, command):
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=self.environment())
        if done.returncode != 0:
            sys.exit(f"mutation.py: {' '.join(map(str, command))} failed:\n{done.stdout[-3000:]}")

    def environment(self):
        # Fixed seeds, so that a mistake is noticed today and tomorrow or never.
        return dict(os.environ, RC_PARAMS="seed=1", CCACHE_BASEDIR=str(self.source), CCACHE_NOHASHDIR="1")

    def builds(self, program):
        done = subprocess.run(["ninja", "-C", str(self.out), "-j1", program], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, env=self.environment())
        return done.returncode == 0

    def passes(self, program, limit):
        """Whether all its tests pass; None when it is not done in time."""
        try:
            done = subprocess.run([str(self.out / "tests" / program), "--abort"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, timeout=limit, env=self.environment(), cwd=self.out,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
        except subprocess.TimeoutExpired:
            return None
        return done.returncode == 0

    def judge(self, mistake, name):
        """"invalid", "survived", "timeout in P" or "killed by P"."""
        path = self.source / mistake.path
        original = (ROOT / mistake.path).read_text()
        path.write_text(original[:mistake.begin] + mistake.text + original[mistake.end:])
        try:
            if not self.builds(name):
                return "invalid"
            passed = self.passes(name, self.limits[name])
            return f"timeout in {name}" if passed is None else "survived" if passed else f"killed by {name}"
        finally:
            path.write_text(original)


# ---- The run ------------------------------------------------------------------------------------------------------


def report_of(verdicts, known):
    """The report's text, and whether all is well."""
    lines, count = [], {}
    for mistake, verdict in verdicts.items():
        if verdict == "survived" and mistake.key() in known:
            verdict = "justified"
        count[verdict] = count.get(verdict, 0) + 1
        lines.append(f"{verdict}: {mistake}")
        if verdict == "justified":
            lines.append(f"    because {known[mistake.key()]}")
    made = sum(number for verdict, number in count.items() if verdict != "invalid")
    alive = count.get("survived", 0) + count.get("justified", 0)
    head = [f"{made} mistakes that compile, {made - alive} noticed"
            + (f": {100 * (made - alive) / made:.1f} %" if made else "")]
    head += [f"  {number:4} {verdict}" for verdict, number in sorted(count.items())]
    return "\n".join(head), "\n".join(lines), count.get("survived", 0) == 0


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--list", action="store_true")
    options.add_argument("--only", default="")
    options.add_argument("--quick", action="store_true")
    options.add_argument("--build", type=Path, default=ROOT / "build/mutation")
    options.add_argument("--survivors", type=Path, default=ROOT / "tests/mutation_survivors.txt")
    given = options.parse_args()
    known = read_survivors(given.survivors)
    mistakes = [each for each in all_mistakes() if given.only in f"{each.path}: {each.line}"]
    if given.list:
        print("\n".join(map(str, mistakes)))
        print(f"{len(mistakes)} mistakes")
        return 0

    yard = Yard(given.build.resolve())
    yard.prepare()
    verdicts = {mistake: "survived" for mistake in mistakes}
    for name in PROGRAMS[:1] if given.quick else PROGRAMS:
        alive = [mistake for mistake in mistakes if verdicts[mistake] == "survived"]
        if alive:
            yard.prepare_program(name)
        for number, mistake in enumerate(alive, 1):
            verdicts[mistake] = yard.judge(mistake, name)
            print(f"[{name} {number}/{len(alive)}] {verdicts[mistake]}: {mistake}", flush=True)
    head, body, well = report_of(verdicts, known)
    (given.build / "report.txt").write_text(head + "\n\n" + body + "\n")
    print(head)

    survived = {mistake.key() for mistake, verdict in verdicts.items() if verdict == "survived"}
    stale = [key for key in known if key not in survived] if not given.only else []
    for key in stale:
        print(f"listed in {given.survivors.name} and no survivor: {' | '.join(key)}")
    return 0 if well and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
