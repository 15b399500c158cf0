"""The schema is OpenAPI 3.1, complete and true: answers are what it says, and a property-based client agrees."""

import json

import jsonschema
import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks

from flows.api.inputs import schema_of
from flows.registry import FLOWS
from kefu.api import v1
from kefu.wsgi import application
from tests.api.callers import missing, picking, start_order, take
from tests.api.test_scope import a_delivery
from tests.factories import make_key, make_shop


@pytest.fixture(scope="session")
def schema(django_db_setup):
    return json.loads(Client().get("/api/schema/").content)


def test_it_is_openapi_3_1_and_open_to_all(db):
    told = Client().get("/api/schema/")
    assert told.status_code == 200
    assert told["Content-Type"] == "application/vnd.oai.openapi+json"
    assert json.loads(told.content)["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere(schema):
    def walk(value):
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                place = schema
                for part in value["$ref"].removeprefix("#/").split("/"):
                    place = place[part]
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(schema)
    idents = [op["operationId"] for path in schema["paths"].values() for op in path.values()]
    assert len(set(idents)) == len(idents)


def test_every_address_of_the_api_stands_in_it(schema):
    routes = {str(p.pattern) for p in v1 if "<slug:step>" not in str(p.pattern)}
    assert len(schema["paths"]) == len(routes)
    for name, op in ((n, op) for path in schema["paths"].values() for n, op in path.items()):
        assert {"401", "500"} <= set(op["responses"]), op["operationId"]
        assert ("requestBody" in op) == (name in ("post", "put", "patch")), op["operationId"]
        assert op["security"] == [{"key": []}, {"session": []}]


def test_every_steps_input_is_a_json_schema():
    for flow in FLOWS.values():
        for step in flow.rows:
            jsonschema.Draft202012Validator.check_schema(schema_of(flow, step))


@pytest.mark.parametrize(
    "path",
    [
        "/orders/",
        "/orders/A1/",
        "/orders/A1/history/",
        "/stock-outs/",
        "/deadlines/",
        "/shops/",
        "/policies/",
        "/deliveries/",
        "/policies/mine/versions/",
    ],
)
def test_answers_are_what_the_schema_says(schema, api, shop, path):
    take(missing(shop, "A1"), "contact", "agent", channel="phone", words="缺货了", none_why="没有同款")
    take(
        picking(shop, "A2"),
        "ship",
        "warehouse",
        parcels=[{"carrier": "顺丰", "tracking_number": "SF1000000001", "lines": None}],
    )
    a_delivery(shop)
    told = api.get(path).data
    template = "/api/v1" + path.replace("A1", "{number}").replace("mine", "{shop}")
    told_schema = schema["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator({**told_schema, "components": schema["components"]})
    assert list(validator.iter_errors(told)) == []


# ---- a property-based client
# Some inputs fit their schema and are refused all the same: an amendment of nothing, an order of other sums.
LEFT_OUT = [checks.positive_data_acceptance]
FEW = settings(
    max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_property_based_client_finds_no_violation():
    """Every operation is called with data that fits its schema and with data that does not, against the application."""
    shop = make_shop("mine")
    token = make_key(shop, roles=("agent", "auditor", "warehouse", "lead", "shop"))[1]
    start_order(shop, "A1"), missing(shop, "A2"), start_order(shop, "A3", payment="cod")
    told = schemathesis.openapi.from_wsgi("/api/schema/", application, headers={"Host": "localhost"})
    found = [violation for one in told.get_all_operations() for violation in violations(one.ok(), token)]
    assert not found, "\n".join(found)


def violations(operation, token):
    """What a client that goes by the schema finds wrong with one operation."""
    headers = {"Authorization": f"Bearer {token}", "Host": "localhost"}

    def call(case):
        case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)

    for mode in GenerationMode:
        try:
            FEW(given(case=operation.as_strategy(generation_mode=mode))(call))()
        except Unsatisfiable:
            continue  # there is no data that does not fit
        except (Exception, BaseExceptionGroup) as error:
            inner = getattr(error, "exceptions", [error])
            yield f"{operation.label} ({mode.value}): {[str(e)[:600] for e in inner]}"
