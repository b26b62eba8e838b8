"""What a visit comes to in the database."""

from lifeevents.models import Application, Bundle


def served(hands, procedure):
    """The finished bundle, in which nothing was asked twice and this procedure was filed."""
    bundle = Bundle.objects.get()
    assert bundle.state == Bundle.State.FINISHED
    assert Application.objects.filter(bundle=bundle, procedure=procedure).exists()
    assert len(hands.asked) == len(set(hands.asked)), "something was asked twice"
    return bundle
