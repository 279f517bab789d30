"""The command `mockserver`, and `python -m mockserver`."""

import gc


def run() -> None:
    """Run the command. What it is loaded from lives as long as the process: nobody looks for garbage in
    that, neither meanwhile nor later.
    """
    gc.disable()
    from mockserver.cli import run as command

    gc.freeze()
    gc.enable()
    command()


if __name__ == "__main__":
    run()
