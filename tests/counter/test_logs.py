import logging

from counter.logs import NamesOfErrors, PlaceAndKind


def _caught(error):
    try:
        raise error
    except type(error) as caught:
        return (type(caught), caught, caught.__traceback__)


def test_the_log_names_an_error_by_place_and_kind_never_by_its_text():
    told = ValueError("山田" + "花子")
    record = logging.LogRecord("counter", logging.ERROR, __file__, 1, "failed", None, _caught(told))

    line = PlaceAndKind("{message}", style="{").format(record)

    assert "builtins.ValueError" in line
    assert "test_logs.py" in line
    assert str(told) not in line


def test_both_errors_of_a_chain_are_named():
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            raise ValueError("second") from first
    except ValueError as second:
        text = PlaceAndKind().formatException((ValueError, second, second.__traceback__))

    assert text.index("builtins.KeyError") < text.index("builtins.ValueError")


def test_a_failed_task_is_logged_without_its_arguments_and_text():
    record = logging.LogRecord(
        "celery.app.trace",
        logging.ERROR,
        __file__,
        1,
        "Task %(name)s[%(id)s] failed: %(exc)s",
        ({"name": "t", "id": "1", "exc": "ValueError('山田')", "args": "['山田']"},),
        _caught(ValueError("山田")),
    )

    assert NamesOfErrors().filter(record)
    assert record.getMessage() == "Task t[1] failed: ValueError"
