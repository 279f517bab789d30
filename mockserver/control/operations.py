"""What the control plane can do: the table of its operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.control import clock, faults, journal, service, universes
from mockserver.control.calls import ControlCall, Handled

OPERATIONS: Mapping[str, Callable[[ControlCall], Handled]] = {
    "create-universe": universes.create_universe,
    "list-universes": universes.list_universes,
    "show-universe": universes.show_universe,
    "delete-universe": universes.delete_universe,
    "reset-universe": universes.reset_universe,
    "seed-universe": universes.seed_universe,
    "show-state": universes.show_state,
    "take-snapshot": universes.take_snapshot,
    "restore-snapshot": universes.restore_snapshot,
    "list-exchanges": journal.list_exchanges,
    "clear-journal": journal.clear_journal,
    "show-exchange": journal.show_exchange,
    "show-changes": journal.show_changes,
    "restore-exchange": journal.restore_exchange,
    "set-faults": faults.set_faults,
    "add-fault": faults.add_fault,
    "list-faults": faults.list_faults,
    "clear-faults": faults.clear_faults,
    "remove-fault": faults.remove_fault,
    "show-clock": clock.show_clock,
    "change-clock": clock.change_clock,
    "show-who": service.show_who,
    "show-effective-policies": service.show_effective_policies,
    "show-coverage": journal.show_coverage,
    "check-live": service.check_live,
    "check-ready": service.check_ready,
    "show-openapi": service.show_openapi,
}
