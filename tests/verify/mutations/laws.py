"""The table's second part: laws of a kind or of the play that no single answer shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.verify.mutations.servers import (
    cascading,
    lingering,
    remembering,
    reusing,
    rewritten,
)
from tests.verify.mutations.spoiling import Answer, Spoil, beside, changed, put, spoilt, turn
from tests.verify.mutations.table import (
    EDIT,
    LIST,
    MAKE,
    MANY,
    ONE,
    SHOW,
    Row,
    at,
)
from tests.verify.playing import TOKEN

ORGANIZATION = "/relationships/organization/data/id"
ADD, REMOVE = "add-policies-to-policy-set", "remove-policies-from-policy-set"


def members() -> list[Row]:
    """Relations, counts and deletions."""
    return [
        Row("a deleted policy stays in its sets", lambda: lingering("delete-policy", "policies", "policy-count"), [("delete-policy", "effect")], SHOW),
        Row("a deleted workspace stays in its sets", lambda: lingering("delete-workspace", "workspaces", "workspace-count"), [("delete-workspace", "effect")], SHOW),
        Row("a deleted set takes its policies along", lambda: cascading("delete-policy-set", "policies", "policies"), [("delete-policy-set", "effect")]),
        Row("a deleted policy takes its sets along", lambda: cascading("delete-policy", "policy-sets", "policy-sets"), [("delete-policy", "effect")]),
        Row("a global set whose count does not follow", lambda: spoilt({SHOW: _frozen}), [(SHOW, f"{ONE}/attributes/workspace-count")]),
        Row("only the first of several is added", lambda: changed("policy-sets", add_policies_to_policy_set=_first), [(ADD, "effect"), (ADD, "status")]),
        Row("only the first of several is removed", lambda: changed("policy-sets", remove_policies_from_policy_set=_first), [(REMOVE, "effect")]),
        Row("members of another organization taken", lambda: changed("policy-sets", add_policies_to_policy_set=_foreign), [(ADD, "status")]),
    ]  # fmt: skip


def _frozen(answer: Answer) -> None:
    """A global set counts what it counted at first."""
    document = answer.document
    if answer.status == 200 and document["data"]["attributes"]["global"]:
        id, attributes = document["data"]["id"], document["data"]["attributes"]
        count = answer.memory.setdefault(id, attributes["workspace-count"])
        attributes["workspace-count"] = count
        answer.document = document


def _first(old: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def handle(call: Any) -> Any:
        del call.document["data"][1:]
        return old(call)

    return handle


def _foreign(old: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Members of another organization are passed over, and nobody is told."""

    def handle(call: Any) -> Any:
        found = [(one, call.state.find("policies", one["id"])) for one in call.document["data"]]
        owners = call.record.owners
        call.document["data"] = [one for one, r in found if r is None or r.owners == owners]
        return old(call)

    return handle


def names() -> list[Row]:
    """Names, ids and what is written in them."""
    workspace = "show-workspace-by-name"
    return [
        Row("a name that was given up still finds", lambda: remembering("workspaces"), [(workspace, "status")]),
        Row("an organization found by its old name", lambda: remembering("organizations"), [("show-organization", "status")]),
        Row("a name in another case finds nothing", lambda: spoilt({}, {workspace: _exact}), [(workspace, "status")]),
        Row("a name in another case is free", lambda: rewritten("create-workspace", rb'"MOCKVERIFY[^"]*"', b'"free-name"'), [("create-workspace", "status")]),
        Row("an id that comes again", lambda: reusing("create-ssh-key", "delete-ssh-key"), [("create-ssh-key", f"{ONE}/id")]),
        Row("a name that ends in a line feed is taken", lambda: rewritten(MAKE, rb"\\n", b""), [(MAKE, "status")]),
        Row("a name of other letters is taken", lambda: rewritten(MAKE, rb'"n\\u00e4me[^"]*"', b'"name"'), [(MAKE, "status")]),
        at(EDIT, turn("/attributes/description", _plain), f"{ONE}/attributes/description", "letters beyond ASCII are lost"),
        at("update-ssh-key", turn("/attributes/name", _plain), f"{ONE}/attributes/name", "letters beyond ASCII in a name are lost"),
    ]  # fmt: skip


def _exact(environ: dict[str, Any]) -> None:
    if "MOCKVERIFY" in environ["PATH_INFO"]:
        environ["PATH_INFO"] = environ["REQUEST_URI"] = environ["PATH_INFO"] + "-none"


def _plain(text: Any) -> Any:
    return text.encode("ascii", "ignore").decode() if isinstance(text, str) else text


def lists() -> list[Row]:
    """Pages, links, include."""
    return [
        at(LIST, beside("/links/next", _without("search%5Bname%5D")), "/links/next", "a search that the next page loses"),
        at(LIST, beside("/links/last", _without("page%5Bsize%5D")), "/links/last", "a size that the last page loses"),
        at("list-policies", beside("/links/next", _without("include")), "/links/next", "an include that the next page loses"),
        at(LIST, beside("/links/first", lambda link: link.replace("number%5D=1", "number%5D=2")), "/links/first", "a first page that is the second"),
        Row("another size of pages by default", lambda: spoilt({}, {LIST: _ten}), [(LIST, "/data")]),
        Row("include of policies ignored", lambda: spoilt({}, {"show-policy": _no_include}), [("show-policy", "/included"), ("show-policy", "status")]),
        Row("include of workspaces ignored", lambda: spoilt({}, {"list-workspaces": _no_include}), [("list-workspaces", "/included"), ("list-workspaces", "status")], exit=0),
        Row("include of teams ignored", lambda: spoilt({}, {"show-team-information": _no_include}), [("show-team-information", "/included"), ("show-team-information", "status")]),
        at("list-policies", put(ORGANIZATION, "other"), f"{MANY}{ORGANIZATION}", "records of another organization"),
    ]  # fmt: skip


def _without(name: str) -> Callable[[Any], Any]:
    def change(link: Any) -> Any:
        if not isinstance(link, str):
            return link
        path, _, query = link.partition("?")
        return path + "?" + "&".join(p for p in query.split("&") if not p.startswith(name))

    return change


def _ten(environ: dict[str, Any]) -> None:
    if "page%5Bsize" not in environ["QUERY_STRING"]:
        environ["QUERY_STRING"] += "&page%5Bsize%5D=10"


def _no_include(environ: dict[str, Any]) -> None:
    parts = environ.get("QUERY_STRING", "").split("&")
    environ["QUERY_STRING"] = "&".join(part for part in parts if not part.startswith("include"))


def addresses() -> list[Row]:
    """Who and what an answer names."""
    holder, maker = "/relationships/locked-by/data/id", "/relationships/created-by/data/id"
    return [
        at("show-workspace-by-name", put(ORGANIZATION, "other"), f"{ONE}{ORGANIZATION}", "another owner"),
        at(SHOW, put("/id", "polset-another"), f"{ONE}/id", "another record than was asked for"),
        at("show-policy", put("/links/self", "/api/v2/policies/pol-another"), f"{ONE}/links/self", "a link to another record"),
        at("show-policy", put("/links/upload", "/api/v2/policies/pol-another/upload"), f"{ONE}/links/upload", "an upload to another record"),
        at("lock-workspace", put(holder, "user-another"), f"{ONE}{holder}", "a lock that another holds"),
        at("create-user-token", put(maker, "user-another"), f"{ONE}{maker}", "a token that another has created"),
    ]  # fmt: skip


def refusals() -> list[Row]:
    """What a refusal says, and to whom."""
    return [
        at("show-policy", _errors(404, lambda error: error.update(detail="No such policy.")), "/errors/0/detail", "a 404 that explains itself"),
        at("list-policies", _errors(401, lambda error: error.update(meta={"hint": "x"})), "/errors/0/meta", "a 401 that explains itself"),
        at(MAKE, _errors(422, _elsewhere), "/errors/0/source/pointer", "a pointer to another member"),
        at(ADD, _errors(422, _no_index), "/errors/0/source/pointer", "a pointer without its index"),
        Row("the id of another type is taken", lambda: spoilt({}, {"show-policy": _any_id}), [("show-policy", "status")]),
        Row("a mode that another path does not reset", lambda: changed("policies", update_policy=_keeping_mode), [("update-policy", f"{ONE}/attributes/enforce")]),
        Row("a team without rights that reads", lambda: spoilt({}, {"show-policy": _as_owner, "list-policies": _as_owner}), [("show-policy", "status"), ("list-policies", "status")]),
        Row("another caller sees another record", lambda: spoilt({"show-policy": _other_for_others}), [("show-policy", f"{ONE}/attributes/description")]),
    ]  # fmt: skip


def _errors(status: int, edit: Callable[[Any], None]) -> Spoil:
    def spoil(answer: Answer) -> None:
        if answer.status == status:
            document = answer.document
            for error in document["errors"]:
                edit(error)
            answer.document = document

    return spoil


def _elsewhere(error: dict[str, Any]) -> None:
    if error.get("source", {}).get("pointer") == "/data/attributes/name":
        error["source"]["pointer"] = "/data/attributes/description"


def _no_index(error: dict[str, Any]) -> None:
    if "/data/0" in error.get("source", {}).get("pointer", ""):
        error["source"]["pointer"] = error["source"]["pointer"].replace("/data/0", "/data")


def _any_id(environ: dict[str, Any]) -> None:
    """An id of another type finds a policy."""
    id = environ["PATH_INFO"].rpartition("/")[2]
    if id.partition("-")[0] in ("polset", "ws", "sshkey", "team", "at"):
        path = "/api/v2/policies/pol-u3S5p2Uwk21keu1s"
        environ["PATH_INFO"] = environ["REQUEST_URI"] = path


def _keeping_mode(old: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def handle(call: Any) -> Any:
        for entry in call.attributes.get("enforce", ()):
            entry["path"] = f"{call.record['name']}.sentinel"
        return old(call)

    return handle


def _as_owner(environ: dict[str, Any]) -> None:
    """Whoever has a token may do it."""
    if environ.get("HTTP_AUTHORIZATION", "").startswith(f"Bearer {TOKEN}."):
        environ["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"


def _other_for_others(answer: Answer) -> None:
    if answer.token.startswith(f"{TOKEN}."):
        put("/attributes/description", "for others")(answer)


LAWS: list[Row] = [*members(), *names(), *lists(), *addresses(), *refusals()]
