"""The benchmarks: what they sum up, and that they leave no database behind."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from counter.bench import figures, propose, search
from counter.bench.figures import Goal, Measured


def test_a_goal_is_met_up_to_its_limit_and_not_beyond():
    measured = Measured({}, {"fast": 5.0, "often": 0.5})
    goals = {"fast": Goal("<=", 5), "often": Goal(">=", 0.6)}

    assert figures.judged(goals, measured) == {
        "fast": {"op": "<=", "value": 5, "met": True},
        "often": {"op": ">=", "value": 0.6, "met": False},
    }


def test_a_goal_without_its_ratio_is_a_mistake():
    with pytest.raises(KeyError):
        figures.judged({"fast": Goal("<=", 5)}, Measured({}, {}))


def test_a_slow_one_in_ten_shows_in_the_95th_percentile():
    assert figures.p95([0.001] * 18 + [0.2] * 2) == 0.2
    assert figures.spread([0.001] * 18 + [0.2] * 2)["p50_ms"] == 1.0


def test_every_goal_has_the_key_that_was_promised():
    assert set(propose.GOALS) == {"family_cpu_ms", "next_question_ms"}
    assert set(search.GOALS) == {"db_p95_ms", "page_p95_ms", "index_to_table"}


@pytest.mark.slow
def test_a_benchmark_prints_one_object_and_drops_its_database(db):
    command = [sys.executable, "manage.py", "bench", "propose", "--residents", "300", "--json"]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE) as run:
        printed, _ = run.communicate(timeout=120)

    assert run.returncode == 0
    result = json.loads(printed)
    assert result["bench"] == "propose"
    assert set(result["goals"]) == set(result["ratios"])
    with connection.cursor() as cursor:
        name = f"bench_kakanai_{run.pid}"
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        assert cursor.fetchone()[0] == 0
