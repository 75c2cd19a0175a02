"""What an operator deploys: image, compose files, unit, manifests, alarms and workflow, without running any."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Settings, load
from deploy.needs import needs

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
HOUSEKEEPING = {"HF_TOKEN", "GRAFANA_PASSWORD"}  # of the hub's library and of Grafana, none of ours


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def checked(*words: object) -> None:
    run = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


# --- the image


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines if line.strip()]


def test_the_image_starts_from_a_release_and_not_from_whatever_is_latest() -> None:
    assert dict(instructions())["ARG"]  # it has arguments at all
    base = next(value.partition("=")[2] for name, value in instructions() if name == "ARG")
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base)
    assert {value.split()[0] for name, value in instructions() if name == "FROM"} == {"${BASE}"}


def test_the_image_runs_as_nobody_special_and_ends_on_sigterm() -> None:
    last = dict(instructions())  # the last of each kind is the final stage's
    assert last["USER"] == "10001:10001"
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert "/healthz" in last["HEALTHCHECK"]
    assert last["VOLUME"] == "/data"


def test_the_image_downloads_no_addresses_and_names_no_secret() -> None:
    assert not [value for name, value in instructions() if name == "ADD"]
    assert not [value for name, value in instructions() if re.search(r"TOKEN|SECRET|PASSW|_KEY", value)]
    apt = [value for name, value in instructions() if name == "RUN" and "apt-get" in value]
    assert all("rm -rf /var/lib/apt/lists" in value for value in apt)


def test_what_the_image_is_made_of_reaches_the_builder_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        *project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"],
        *project["project"]["license-files"],
        project["project"]["readme"],
        *(word for name, value in instructions() if name == "COPY" and "--from" not in value for word in files(value)),
    }
    assert {line[1:] for line in lines if line.startswith("!")} == wanted


def files(copied: str) -> list[str]:
    """What a COPY takes, but for the whole context."""
    return [word for word in copied.split()[:-1] if word != "."]


def test_every_need_and_those_of_an_extra_are_installed_before_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    plain = needs(ROOT / "pyproject.toml", [])
    assert plain == project["dependencies"]
    extra = needs(ROOT / "pyproject.toml", ["train"])
    assert extra == [*plain, *project["optional-dependencies"]["train"]]


def test_hadolint_finds_nothing() -> None:
    checked(tool("hadolint"), DEPLOY / "Dockerfile")


# --- settings


def kubernetes() -> dict[str, Any]:
    with (DEPLOY / "kubernetes.yaml").open(encoding="utf-8") as file:
        return {manifest["kind"]: manifest for manifest in yaml.safe_load_all(file)}


@pytest.fixture(params=["config.toml", "config.vllm.toml", "kubernetes.yaml"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param != "kubernetes.yaml":
        return load(DEPLOY / request.param)
    file = tmp_path / "config.toml"
    file.write_text(kubernetes()["ConfigMap"]["data"]["config.toml"], encoding="utf-8")
    return load(file)


def test_settings_in_a_container_are_understood_and_keep_data_in_the_volume(settings: Settings) -> None:
    assert settings.bot.data == "/data"
    assert settings.web.listen == "0.0.0.0:8080"
    assert not settings.console.enabled


def test_every_secret_has_its_line_without_a_value() -> None:
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    variables = [line for line in lines if line and not line.startswith("#")]
    assert all(line.endswith("=") for line in variables)
    settings = Settings()
    ours = {
        settings.telegram.token_env,
        settings.telegram.webhook_secret_env,
        settings.discord.token_env,
        settings.web.token_env,
        settings.web.operator_token_env,
        settings.model.key_env,
        settings.sources.stocks_key_env,
    }
    assert {line[:-1] for line in variables} == ours | HOUSEKEEPING


# --- compose


@pytest.mark.parametrize("file", COMPOSE, ids=lambda path: path.name)
def test_compose_files_are_what_compose_understands(file: Path) -> None:
    checked(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file)


def test_no_service_has_rights_or_a_door_that_it_does_not_need() -> None:
    for name, service in read(DEPLOY / "compose.yaml")["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name


def test_the_bot_writes_to_its_volume_alone_and_gets_time_to_end() -> None:
    bot = read(DEPLOY / "compose.yaml")["services"]["bot"]
    assert bot["read_only"] is True
    assert bot["stop_grace_period"] == "30s"
    assert bot["env_file"] == [".env"]
    assert "environment" not in bot


def test_images_of_others_are_pinned_and_start_on_request_only() -> None:
    for name, service in read(DEPLOY / "compose.yaml")["services"].items():
        if name != "bot":
            assert re.search(r":v?\d+\.\d+\.\d+}", service["image"]), name
            assert service["profiles"], name


def test_files_that_compose_mounts_are_there() -> None:
    for service in read(DEPLOY / "compose.yaml")["services"].values():
        for volume in service["volumes"]:
            default = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume)
            if default.startswith("./"):
                assert (DEPLOY / default.partition(":")[0]).exists(), default


def test_a_file_of_tokens_is_never_committed() -> None:
    tool("git")
    checked("git", "-C", ROOT, "check-ignore", "--no-index", "deploy/.env")


# --- systemd


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "irang.service").read_text(encoding="utf-8")
    here = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", text, flags=re.MULTILINE)
    unit = tmp_path / "irang.service"
    unit.write_text(re.sub(r"^Documentation=.*\n", "", here, flags=re.MULTILINE), encoding="utf-8")
    checked(tool("systemd-analyze"), "verify", unit)


def test_a_wrong_setting_does_not_start_the_unit_again(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[nothing]\n", encoding="utf-8")
    words = [sys.executable, "-m", "bot", "run", "--config", str(tmp_path / "config.toml")]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=60, check=False).returncode
    assert f"RestartPreventExitStatus={ended}\n" in (DEPLOY / "irang.service").read_text(encoding="utf-8")


# --- Kubernetes


def test_one_pod_writes_and_the_next_waits_for_its_end() -> None:
    spec = kubernetes()["Deployment"]["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}


def test_the_pod_runs_without_rights_on_a_read_only_root() -> None:
    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert not pod["automountServiceAccountToken"]
    assert pod["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_probes_ask_by_a_name_that_the_bot_answers_to() -> None:
    container = kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    asked = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    assert {kind: get["path"] for kind, get in asked.items()} == {
        "startup": "/healthz",
        "liveness": "/healthz",
        "readiness": "/readyz",
    }
    assert all(get["httpHeaders"] == [{"name": "Host", "value": "localhost"}] for get in asked.values())


def test_manifests_refer_to_secrets_and_hold_none() -> None:
    assert "Secret" not in kubernetes()
    container = kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"secretRef": {"name": "irang"}}]
    assert "env" not in container


def test_a_restore_writes_with_the_rights_and_to_the_volume_of_the_bot() -> None:
    bot = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    pod = read(DEPLOY / "kubernetes-restore.yaml")["spec"]["template"]["spec"]
    assert pod["volumes"] == bot["volumes"]
    for part in ("image", "securityContext", "volumeMounts"):
        assert pod["containers"][0][part] == bot["containers"][0][part]
    assert pod["securityContext"] == bot["securityContext"]


# --- alarms


def test_every_alarm_looks_at_a_figure_that_there_is() -> None:
    told = (ROOT / "bot" / "operating" / "metrics.py").read_text(encoding="utf-8")
    for rule in read(DEPLOY / "alerts.yml")["groups"][0]["rules"]:
        for name in re.findall(r"irang_\w+", rule["expr"]):
            assert f'"{re.sub("_(total|bucket)$", "", name)}"' in told, name


# --- the workflow


def test_the_workflow_is_what_github_understands() -> None:
    checked(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW)


def test_the_workflow_reads_only_and_ends_by_itself() -> None:
    workflow = read(WORKFLOW)
    assert workflow["permissions"] == {"contents": "read"}
    job = workflow["jobs"]["ci"]
    assert job["timeout-minutes"] == 30
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"[\w/-]+@v\d+\.\d+\.\d+", action) for action in used)


def test_the_workflow_runs_what_every_submission_must_pass() -> None:
    assert [step["run"] for step in read(WORKFLOW)["jobs"]["ci"]["steps"] if "run" in step][-1] == ".ci/run"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
