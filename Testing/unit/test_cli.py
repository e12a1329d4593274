import json
import signal
import types

import pytest

from LWCTRLogic import cli
from LWCTRLogic.errors import Cancelled, DependencyError, InputError


@pytest.fixture
def a_command(monkeypatch):
    """Puts a command named ``try`` into the command line whose run is the test's function."""

    def use(run):
        module = types.SimpleNamespace(HELP="try", add_arguments=lambda parser: None, run=run)
        monkeypatch.setattr(cli, "COMMANDS", ("try",))
        monkeypatch.setattr(cli, "_command", lambda name: module)

    return use


def raiser(error: Exception):
    def run(args, progress):
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("x"), 3),
        (DependencyError("x"), 4),
        (Cancelled(), 130),
        (ZeroDivisionError("x"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_way_to_fail_has_its_exit_code(a_command, error, code):
    a_command(raiser(error))
    assert cli.main(["try"]) == code


def test_an_error_is_one_line_on_standard_error(a_command, capsys):
    a_command(raiser(InputError("slices are missing", "89 slices", "Export again")))
    cli.main(["try"])
    assert capsys.readouterr().err == "lwctr: slices are missing; expected 89 slices. Export again.\n"


def test_an_unexpected_error_shows_no_traceback_unless_asked(a_command, capsys):
    a_command(raiser(ZeroDivisionError("by zero")))
    cli.main(["try"])
    assert "Traceback" not in capsys.readouterr().err
    cli.main(["try", "--debug"])
    assert "Traceback" in capsys.readouterr().err


def test_programs_get_the_error_as_a_json_line(a_command, capsys):
    a_command(raiser(InputError("no liver")))
    cli.main(["try", "--progress", "json"])
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["text"], line["exit_code"]) == ("error", "no liver.", 3)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["try", "--wrong"], ["try", "--progress", "loud"]])
def test_a_wrong_command_line_is_exit_code_2_and_says_where_help_is(a_command, capsys, arguments):
    a_command(lambda args, progress: 0)
    assert cli.main(arguments) == 2
    assert "--help" in capsys.readouterr().err


def test_the_first_interrupt_cancels_and_the_second_ends_at_once(a_command):
    def run(args, progress):
        signal.raise_signal(signal.SIGINT)
        assert progress.cancelled
        signal.raise_signal(signal.SIGINT)
        return 0

    before = signal.getsignal(signal.SIGINT)
    a_command(run)
    assert cli.main(["try"]) == 130
    assert signal.getsignal(signal.SIGINT) is before


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("lwctr ")
