"""The register's own tests begin with an empty one, whatever town other tests have imported."""

import pytest

ASKS_FOR_A_DATABASE = {"db", "transactional_db", "ledgers"}


@pytest.fixture(autouse=True)
def _empty_register(request):
    wanted = request.node.get_closest_marker("django_db")
    if "town" in request.fixturenames or not (
        wanted or ASKS_FOR_A_DATABASE & set(request.fixturenames)
    ):
        return
    request.getfixturevalue("empty_register")
