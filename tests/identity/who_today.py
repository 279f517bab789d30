"""An organization of August 2026 with a caller for every right, and calls that it can answer."""

from __future__ import annotations

from typing import Any

_LEAST = {"runs": "read", "variables": "none", "state-versions": "none", "sentinel-mocks": "none"}
TEAMS: dict[str, dict[str, bool]] = {
    "staff": {},
    "mel": {},
    "rex": {},
    "pia": {},
    "wes": {},
    "ada": {},
    "cus": {},
    "pre": {},
    "pwr": {},
    "pma": {},
    "pad": {},
    "pcu": {},
    "pol": {"manage-policies": True},
    "ovr": {"manage-policy-overrides": True},
    "wan": {"manage-workspaces": True},
    "pro": {"manage-projects": True, "manage-workspaces": True},
    "vws": {"read-workspaces": True},
    "vpr": {"read-projects": True, "read-workspaces": True},
    "vic": {"manage-vcs-settings": True},
    "agi": {"manage-agent-pools": True},
    "hos": {"manage-membership": True},
    "tim": {"manage-membership": True, "manage-teams": True},
    "acc": {"manage-membership": True, "manage-teams": True, "manage-organization-access": True},
    "sec": {"manage-membership": True, "manage-teams": True, "access-secret-teams": True},
}
"""What each team may do in the organization. But for `staff`, a team has the name of its member."""
PROJECT = {
    "pre": "read",
    "pwr": "write",
    "pma": "maintain",
    "pad": "admin",
    "pcu": {
        "access": "custom",
        "project-access": {"settings": "update", "teams": "read", "variable-sets": "none"},
        "workspace-access": {
            **_LEAST,
            **dict.fromkeys(("locking", "run-tasks", "move", "delete"), False),
            "create": True,
        },
    },
    "open": "read",
}
WORKSPACE = {
    "rex": "read",
    "pia": "plan",
    "wes": "write",
    "ada": "admin",
    "cus": {
        "access": "custom",
        **_LEAST,
        "runs": "plan",
        "workspace-locking": True,
        "run-tasks": False,
    },
}
USERS = ("sam", "ned", "olg", *(name for name in TEAMS if name != "staff"))
"""Who administers the installation is nobody of these; ned is in a team that all can see."""
SERVICES = {
    "own": {"team": "acme/owners"},
    "sta": {"team": "acme/staff"},
    "org": {"organization": "acme"},
    "age": {"agent-pool": "acme/builders"},
    "one": {"team": "acme/open"},
}
URLS = ("http-url", "api-url")
DOCUMENT: dict[str, Any] = {
    "users": [{"username": name, "email": f"{name}@example.com"} for name in USERS],
    "tokens": [
        *({"name": name, "user": name} for name in USERS),
        *({"name": name, **holder} for name, holder in SERVICES.items()),
    ],
    **{f"{tool}-versions": [{"version": "0.0.1"}] for tool in ("terraform", "sentinel", "opa")},
    "organizations": [
        {
            "name": "acme",
            "owners": ["olg"],
            "data-retention-policy": {"id": "drp-acme", "delete-older-than-n-days": 90},
            "teams": [
                {
                    "name": name,
                    "members": ["mel" if name == "staff" else name],
                    "organization-access": access,
                }
                for name, access in TEAMS.items()
                if name != "mel"
            ]
            + [
                {"name": "open", "visibility": "organization", "members": ["ned"]},
                {"name": "seen", "visibility": "organization"},
            ],
            "projects": [
                {"name": "platform", "tag-bindings": {"env": "prod"}, "team-access": PROJECT},
                {"name": "staging", "team-access": {"pad": "admin"}},
                {"name": "empty", "team-access": PROJECT},
            ],
            "workspaces": [
                {
                    "name": "web",
                    "project": "platform",
                    "tag-bindings": {"tier": "web"},
                    "team-access": WORKSPACE,
                    "data-retention-policy": {"id": "drp-web", "delete-older-than-n-days": 30},
                },
                {"name": "stage", "project": "staging"},
                {"name": "misc"},
            ],
            "ssh-keys": [{"name": "modules", "value": "the text of a key"}],
            "agent-pools": [{"name": "builders"}],
            "oauth-clients": [
                {"id": "oc-acme", "service-provider": "github", **dict.fromkeys(URLS, "https://x")}
            ],
            "oauth-tokens": [{"id": "ot-acme", "oauth-client": "oc-acme"}],
            "tags": [{"id": "tag-acme", "name": "old", "workspaces": ["misc"]}],
            "policies": [{"name": "tagged", "code": "main = rule { true }"}],
            "policy-sets": [
                {"name": "production", "policies": ["tagged"]},
                {"name": "sourced"},
            ],
        },
        {"name": "globex", "owners": ["sam"], "workspaces": [{"name": "web"}]},
    ],
    "vars": [
        {"workspace": "acme/web", "key": "region", "category": "terraform", "value": "north"},
        {"policy-set": "acme/production", "key": "limit", "value": "10"},
    ],
}
