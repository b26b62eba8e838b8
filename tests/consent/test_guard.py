"""The guard beside the door: a request that names a personal table outside a door call fails."""

from contextlib import suppress
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path

from consent import door, engagements
from consent.actors import actor_of
from consent.guard import WentAroundTheDoor, refuse_personal_tables
from consent.models import Account
from residents.models import Delivery, Identity, Resident

pytestmark = pytest.mark.urls(__name__)


def by_raw_sql(request):
    with connection.cursor() as cursor:
        cursor.execute('SELECT name FROM "residents_resident"')
        return HttpResponse(cursor.fetchall())


def by_raw_sql_in_a_subquery(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 WHERE EXISTS (SELECT FROM public.Residents_SearchKey)")
        return HttpResponse(cursor.fetchall())


def by_get_model(request):
    return HttpResponse(apps.get_model("residents", "Resident").objects.count())


def by_related_manager(request):
    return HttpResponse(Delivery.objects.first().rejections.exists())


def by_joining(request):
    return HttpResponse(Delivery.objects.filter(rejections__line=1).exists())


def by_template(request):
    template = engines["django"].from_string(
        "{% for row in it.rejections.all %}{{ row }}{% endfor %}"
    )
    return HttpResponse(template.render({"it": Delivery.objects.first()}))


def by_writing(request):
    Identity.objects.create(number="1")
    return HttpResponse()


def by_streaming(request):
    def chunks():
        yield "名簿"
        yield from (str(each) for each in Resident.objects.all())

    return StreamingHttpResponse(chunks())


def by_the_door(request):
    by = actor_of(Account.objects.get(username="sato"), terminal="", channel="desk")
    ref = UUID(request.GET["ref"])
    ground = engagements.begin("birth", [ref], reference="", by=by)
    record = next(iter(door.open_household(ref, engagement=ground.pk, by=by).values()))
    return HttpResponse(record.facts["name"].value)


def after_the_door(request):
    by_the_door(request)
    return by_get_model(request)


def of_deliveries(request):
    return HttpResponse(Delivery.objects.filter(state="applied").count())


AROUND = (
    by_raw_sql,
    by_raw_sql_in_a_subquery,
    by_get_model,
    by_related_manager,
    by_joining,
    by_template,
    by_writing,
    by_streaming,
    after_the_door,
)
urlpatterns = [
    path(view.__name__, login_not_required(view)) for view in (*AROUND, by_the_door, of_deliveries)
]


def read_all(response):
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize("view", AROUND, ids=lambda view: view.__name__)
def test_a_request_that_goes_around_the_door_fails(client, staff, yamada, view):
    with pytest.raises(WentAroundTheDoor) as refusal:
        read_all(client.get(f"/{view.__name__}", {"ref": yamada.mother.pk}))

    assert "山田" not in str(refusal.value)


def test_a_request_through_the_door_passes(client, staff, yamada):
    response = client.get("/by_the_door", {"ref": yamada.mother.pk})

    assert response.content.decode() == "山田　太郎"


def test_deliveries_hold_nothing_personal_and_may_be_shown(client, ledgers):
    assert client.get("/of_deliveries").status_code == 200


def test_every_model_of_the_register_but_deliveries_is_guarded(client, ledgers):
    free = []
    for model in apps.get_app_config("residents").get_models():
        sql = f"SELECT * FROM {model._meta.db_table}"
        with suppress(WentAroundTheDoor):
            refuse_personal_tables(lambda *_: None, sql, (), False, {})
            free.append(model.__name__)

    assert free == ["Delivery", "DeliveryStep", "InboxLook", "RecordItem"]


def test_the_guard_stands_in_every_installation():
    assert "consent.guard.DoorGuard" in settings.MIDDLEWARE
