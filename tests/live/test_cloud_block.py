"""`terraform init` with a `cloud` block against the edition of today: by name, by tags, by project."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import mockserver
from mockserver.cli import main
from tests.client import ROOT

pytestmark = pytest.mark.terraform
WORLD = {
    "organizations": [
        {
            "name": "acme",
            "projects": [{"name": "shop"}, {"name": "bank"}],
            "workspaces": [
                {"name": "web", "project": "shop", "tag-bindings": {"env": "prod"}},
                {"name": "api", "project": "bank", "tag-bindings": {"env": "prod"}},
                {"name": "old", "project": "shop", "tag-bindings": {"env": "test"}},
            ],
        }
    ]
}
TAGS = {"web": "blue", "api": "blue", "old": "grey"}


@pytest.fixture
def tfe() -> Iterator[mockserver.World]:
    """Three workspaces: of each tag, value and project there is one that only together fits."""
    with mockserver.universe(WORLD, edition="2026-08") as world:
        for name, tag in TAGS.items():
            tags = {"data": [{"type": "tags", "attributes": {"name": tag}}]}
            id = workspace(world, name)["id"]
            world.client.post(f"{ROOT}/workspaces/{id}/relationships/tags", json=tags)
        yield world


def workspace(tfe: mockserver.World, name: str) -> Any:
    return tfe.client.get(f"{ROOT}/organizations/acme/workspaces/{name}").json["data"]


def initialised(tfe: mockserver.World, folder: Path, said: str) -> subprocess.CompletedProcess[str]:
    """What `terraform init` says with that in `workspaces` of its `cloud` block."""
    told = ["cli-config", "--url", tfe.url, "--token", tfe.token, "--edition", "2026-08"]
    (folder / "terraformrc").write_text(CliRunner().invoke(main, told).stdout)
    (folder / "main.tf").write_text(
        f'terraform {{\n  cloud {{\n    hostname     = "{tfe.env["TFE_HOSTNAME"]}"\n'
        f'    organization = "acme"\n    workspaces {{\n{said}\n    }}\n  }}\n}}\n'
    )
    return terraform(folder, "init", "-input=false")


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which("terraform")
    assert found, "terraform is not installed"
    return subprocess.run(
        [found, *arguments, "-no-color"],
        cwd=folder,
        env={**os.environ, "TF_CLI_CONFIG_FILE": str(folder / "terraformrc")},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('tags = ["grey"]', "old"),
        ('tags = { env = "test" }', "old"),
        ('tags = ["blue"]\nproject = "bank"', "api"),
        ('tags = { env = "prod" }\nproject = "shop"', "web"),
    ],
)
def test_by_tags_and_project_terraform_sees_the_one_workspace_that_fits(
    tfe: mockserver.World, tmp_path: Path, said: str, name: str
) -> None:
    done = initialised(tfe, tmp_path, said)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".terraform" / "environment").read_text() == name


def test_a_new_workspace_gets_the_tags_and_the_project_of_the_block(
    tfe: mockserver.World, tmp_path: Path
) -> None:
    done = initialised(tfe, tmp_path, 'tags = ["blue"]\nproject = "bank"')
    assert done.returncode == 0, done.stderr
    done = terraform(tmp_path, "workspace", "new", "made")
    assert done.returncode == 0, done.stderr
    made = workspace(tfe, "made")
    assert made["attributes"]["tag-names"] == ["blue"]
    assert made["relationships"]["project"] == workspace(tfe, "api")["relationships"]["project"]


def test_by_name_terraform_makes_the_workspace_in_the_project_that_it_names(
    tfe: mockserver.World, tmp_path: Path
) -> None:
    done = initialised(tfe, tmp_path, 'name = "made"\nproject = "bank"')
    assert done.returncode == 0, done.stderr
    made = workspace(tfe, "made")
    assert made["relationships"]["project"] == workspace(tfe, "api")["relationships"]["project"]


def test_by_name_terraform_finds_the_workspace_that_is_there(
    tfe: mockserver.World, tmp_path: Path
) -> None:
    before = tfe.state()
    done = initialised(tfe, tmp_path, 'name = "web"')
    assert done.returncode == 0, done.stderr
    assert tfe.state() == before
