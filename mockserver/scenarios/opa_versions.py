"""The scenario of versions of OPA: as those of Terraform."""

from __future__ import annotations

from dataclasses import replace

from mockserver.scenarios.terraform_versions import SCENARIO as TERRAFORM

SCENARIO = replace(TERRAFORM, unique={"version": "{create-opa-version}"})
