"""The OpenAPI document: served, fresh in the repository, and right for a typed client."""

import json
from pathlib import Path

import msgspec

from halley.server.document import render
from halley.wire import api

COPY = Path(__file__).parents[2] / "web" / "openapi.json"
DOCUMENT = render().encode()


def operations():
    document = json.loads(DOCUMENT)
    return {op["operationId"]: op for path in document["paths"].values() for op in path.values()}


def test_the_copy_in_the_repository_is_fresh():
    assert COPY.read_bytes() == DOCUMENT, "stale: python -m halley.server.document > web/openapi.json"


def test_the_server_serves_it(live):
    assert live.get("/openapi.json").content == DOCUMENT


def test_operations_have_clean_names():
    assert sorted(operations()) == [
        "attachContent",
        "createProject",
        "deleteAsset",
        "deleteExperiment",
        "deleteMetric",
        "downloadOutput",
        "drawChart",
        "drawGroups",
        "exportExperiment",
        "exportMetrics",
        "findBlobs",
        "forkExperiment",
        "getAsset",
        "getAssetContent",
        "getExperiment",
        "getProject",
        "getStatus",
        "listAssets",
        "listColumns",
        "listProjects",
        "listWorkspaces",
        "putBlob",
        "readOutput",
        "searchExperiments",
        "searchMetrics",
        "searchOutput",
        "sendBatch",
        "updateExperiment",
        "watchChanges",
    ]


def test_every_operation_declares_its_errors_in_the_one_shape():
    for name, operation in operations().items():
        assert {"403", "500"} <= set(operation["responses"]), name
        for status, reply in operation["responses"].items():
            if int(status) >= 400:
                schema = reply["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorReply"}, name


def test_schemas_are_our_classes_and_outputs_are_complete():
    schemas = json.loads(DOCUMENT)["components"]["schemas"]
    for name in (
        "Experiment",
        "ExperimentRow",
        "MetricSummary",
        "Chart",
        "ChartLine",
        "OutputPage",
        "Change",
        "Status",
    ):
        fields = {field.encode_name for field in msgspec.structs.fields(getattr(api, name))}
        assert set(schemas[name]["properties"]) == fields
        assert set(schemas[name]["required"]) == fields
    assert schemas["Experiment"]["properties"]["ended_at"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schemas["State"]["enum"] == ["running", "finished", "failed", "killed", "lost"]
    assert schemas["SearchExperiments"]["required"] == ["project", "workspace"]


def test_nothing_is_loaded_from_elsewhere(live):
    for path in ("/schema", "/docs", "/api/v1/docs", "/document"):
        assert "cdn" not in live.client.get(path).text.lower()
