#!/usr/bin/env python3
"""Checks an OpenAPI 3.0 file, and requests and answers against it.

    check_openapi.py SPEC EXCHANGES

EXCHANGES is a JSON list of {method, path, target, request, status, response}: path as the file spells it, target as it
was sent, request and response as texts. A request that was refused may say `refused_by_schema`: its schema has to refuse
it as well. Prints each thing that is wrong and ends with 1, or ends with 0.
"""
import json
import re
import sys
from urllib.parse import parse_qsl, urlsplit

import jsonschema

# What this project uses of OpenAPI 3.0.3; anything else is taken for a slip of the pen.
REFERENCE = {"type": "object", "required": ["$ref"], "additionalProperties": False,
             "properties": {"$ref": {"type": "string", "pattern": "^#/components/"}}}


def closed(required, /, **properties):
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def map_of(value):
    return {"type": "object", "additionalProperties": value}


TEXT, BOOLEAN, NUMBER, COUNT = {"type": "string", "minLength": 1}, {"type": "boolean"}, {"type": "number"}, {"type": "integer"}
TEXTS = {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True}
SCHEMA = {"$ref": "#/definitions/schema"}
SCHEMAS = {"type": "array", "items": SCHEMA, "minItems": 1}
CONTENT = closed(["application/json"], **{"application/json": closed(
    ["schema"], schema=SCHEMA, examples=map_of(closed(["value"], value={}, summary=TEXT)))})
RESPONSE = closed(["description"], description=TEXT, content=CONTENT)
PARAMETER = dict(closed(["name", "in", "schema", "description"], name=TEXT, required=BOOLEAN, description=TEXT, schema=SCHEMA,
                        example={}, **{"in": {"enum": ["path", "query"]}}),
                 oneOf=[{"properties": {"in": {"enum": ["query"]}}},
                        {"properties": {"in": {"enum": ["path"]}, "required": {"enum": [True]}}, "required": ["required"]}])
OPERATION = closed(
    ["operationId", "summary", "tags", "responses"], operationId={"type": "string", "pattern": "^[a-z_]+$"}, summary=TEXT,
    description=TEXT, tags=TEXTS, parameters={"type": "array", "items": {"oneOf": [REFERENCE, PARAMETER]}},
    requestBody=closed(["content"], required=BOOLEAN, description=TEXT, content=CONTENT),
    responses={"type": "object", "minProperties": 1, "additionalProperties": False,
               "patternProperties": {"^[1-5][0-9][0-9]$": {"oneOf": [REFERENCE, RESPONSE]}}})
STRUCTURE = {
    **closed(["openapi", "info", "paths"], openapi={"type": "string", "pattern": r"^3\.0\.[0-3]$"},
             info=closed(["title", "version"], title=TEXT, version=TEXT, description=TEXT),
             servers={"type": "array", "items": closed(["url"], url=TEXT, description=TEXT)},
             tags={"type": "array", "items": closed(["name"], name=TEXT, description=TEXT)},
             paths={"type": "object", "additionalProperties": False, "patternProperties": {
                 "^/": closed([], get=OPERATION, put=OPERATION, post=OPERATION, delete=OPERATION)}},
             components=closed([], schemas=map_of(SCHEMA), parameters=map_of(PARAMETER), responses=map_of(RESPONSE))),
    "definitions": {"schema": {"oneOf": [REFERENCE, closed(
        [], type={"enum": ["object", "array", "string", "integer", "number", "boolean"]}, description=TEXT, nullable=BOOLEAN,
        properties=map_of(SCHEMA), required=TEXTS, additionalProperties={"oneOf": [BOOLEAN, SCHEMA]}, minProperties=COUNT,
        maxProperties=COUNT, items=SCHEMA, minItems=COUNT, maxItems=COUNT, enum={"type": "array", "minItems": 1},
        pattern={"type": "string", "format": "regex"}, format=TEXT, minLength=COUNT, maxLength=COUNT, minimum=NUMBER,
        maximum=NUMBER, default={}, example={}, allOf=SCHEMAS, oneOf=SCHEMAS, anyOf=SCHEMAS, discriminator=closed(
            ["propertyName"], propertyName=TEXT, mapping=map_of(TEXT)), **{"not": SCHEMA})]}}}


def json_schema(schema, strict):
    """The same in JSON Schema's words. Strict: members that are not described are wrong unless they are allowed by name."""
    if "$ref" in schema:
        return dict(schema)
    out = {key: value for key, value in schema.items() if key not in ("nullable", "discriminator", "example")}
    for key in ("allOf", "oneOf", "anyOf"):
        if key in out:
            out[key] = [json_schema(each, strict) for each in out[key]]
    for key in ("items", "not", "additionalProperties"):
        if isinstance(out.get(key), dict):
            out[key] = json_schema(out[key], strict)
    if "properties" in out:
        out["properties"] = {name: json_schema(each, strict) for name, each in out["properties"].items()}
        if strict:
            out.setdefault("additionalProperties", False)
    return {"anyOf": [{"type": "null"}, out]} if schema.get("nullable") else out


class Spec:
    def __init__(self, document):
        self.document = document
        self.wrong = []
        self.schemas = {strict: {name: json_schema(each, strict) for name, each in document["components"]["schemas"].items()}
                        for strict in (False, True)}

    def report(self, place, what):
        self.wrong.append(f"{place}: {what}")

    def resolved(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for part in node["$ref"][2:].split("/"):
                target = target[part]
            node = target
        return node

    def errors(self, schema, value, strict):
        whole = {**json_schema(schema, strict), "components": {"schemas": self.schemas[strict]}}
        if "$ref" in whole:
            whole = {"allOf": [schema], "components": whole["components"]}
        errors = sorted(jsonschema.Draft7Validator(whole).iter_errors(value), key=lambda each: list(map(str, each.path)))
        return [f"{'/'.join(map(str, each.path))} {each.message[:300]}" for each in errors]

    def operation(self, method, path):
        return self.document["paths"].get(path, {}).get(method.lower())

    def body_schema(self, operation):
        return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")

    # ---- The file itself ----

    def check_structure(self):
        for each in jsonschema.Draft7Validator(STRUCTURE).iter_errors(self.document):
            self.report("/".join(map(str, each.path)), best(each))

    def check_node(self, node, place):
        if isinstance(node, list):
            for number, each in enumerate(node):
                self.check_node(each, f"{place}/{number}")
        if not isinstance(node, dict):
            return
        if isinstance(node.get("$ref"), str):
            try:
                self.resolved(node)
            except KeyError:
                self.report(place, f"nothing is at {node['$ref']}")
            return
        if node.get("type") == "object" and isinstance(node.get("required"), list) and "properties" in node:
            for each in set(node["required"]) - set(node["properties"]):
                self.report(place, f"required, but not described: {each}")
        if isinstance(node.get("discriminator"), dict):
            for value, target in node["discriminator"].get("mapping", {}).items():
                kinds = self.resolved({"$ref": target})["properties"][node["discriminator"]["propertyName"]]["enum"]
                if kinds != [value] or {"$ref": target} not in node["oneOf"]:
                    self.report(place, f"discriminator {value}: expected its own schema among oneOf")
        for key in ("example", "default"):
            if key in node and place.startswith("components/schemas") and not place.endswith("properties"):
                for each in self.errors({k: v for k, v in node.items() if k not in ("default", "example")}, node[key], False):
                    self.report(f"{place}/{key}", each)
        for key, each in node.items():
            if key not in ("example", "examples", "default", "enum"):
                self.check_node(each, f"{place}/{key}" if place else key)

    def check_operations(self):
        names = [each["operationId"] for item in self.document["paths"].values() for each in item.values()]
        for each in {name for name in names if names.count(name) > 1}:
            self.report("paths", f"operationId {each} stands there more than once")
        tags = {each["name"] for each in self.document["tags"]}
        for path, item in self.document["paths"].items():
            for method, each in item.items():
                place = f"{method.upper()} {path}"
                parameters = [self.resolved(p) for p in each.get("parameters", [])]
                declared = sorted(p["name"] for p in parameters if p["in"] == "path")
                if declared != sorted(re.findall(r"\{(\w+)\}", path)):
                    self.report(place, f"parameters of the path: {declared}")
                if not set(each["tags"]) <= tags:
                    self.report(place, f"tags {each['tags']}")
                media = each.get("requestBody", {}).get("content", {}).get("application/json", {})
                if "requestBody" in each and not media.get("examples"):
                    self.report(place, "no example of a body")
                for name, example in media.get("examples", {}).items():
                    for error in self.errors(media["schema"], example["value"], False):
                        self.report(f"{place}, example {name}", error)

    # ---- What was sent and answered ----

    def check_query(self, place, operation, target, status):
        parameters = {p["name"]: p["schema"] for p in map(self.resolved, operation.get("parameters", [])) if p["in"] == "query"}
        for name, text in parse_qsl(urlsplit(target).query, keep_blank_values=True):
            if name not in parameters:
                self.report(place, f"query {name} is not described")
                continue
            value = int(text) if re.fullmatch("-?[0-9]+", text) else text
            if bool(self.errors(parameters[name], value, False)) != (status == 400):
                self.report(place, f"query {name}={text} was answered with {status}")

    def check_exchange(self, each):
        place = f"{each['method']} {each['target']} {each['request'][:200]} -> {each['status']}"
        operation = self.operation(each["method"], each["path"])
        if operation is None:
            return self.report(place, "not described")
        self.check_query(place, operation, each["target"], each["status"])
        schema, accepted = self.body_schema(operation), each["status"] < 300
        if each["request"].strip() and schema is None:
            self.report(place, "no body is described")
        if schema is not None and (accepted or each.get("refused_by_schema")):
            text = each["request"].strip()
            errors = self.errors(schema, json.loads(text) if text else {}, False)
            if accepted and errors:
                self.report(place, f"was accepted, but: {errors}")
            if not accepted and not errors:
                self.report(place, f"was refused, but its schema takes it: {each['response']}")
        response = self.resolved(operation["responses"].get(str(each["status"])))
        if response is None:
            return self.report(place, f"no such status is described: {each['response'][:200]}")
        content = response.get("content", {}).get("application/json")
        if content is None:
            if each["response"]:
                self.report(place, "no content is described")
            return None
        for error in self.errors(content["schema"], json.loads(each["response"]), True):
            self.report(place, f"answer: {error}")
        return None


def best(error):
    """The deepest reason: that of a oneOf alone says nothing."""
    return jsonschema.exceptions.best_match([error]).message[:300]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = Spec(json.load(file))
    with open(sys.argv[2], encoding="utf-8") as file:
        exchanges = json.load(file)
    spec.check_structure()
    spec.check_node(spec.document, "")
    spec.check_operations()
    for each in exchanges:
        spec.check_exchange(each)
    for each in spec.wrong:
        print(each)
    print(f"{len(exchanges)} exchanges, {len(spec.wrong)} faults")
    return 1 if spec.wrong else 0


sys.exit(main())
