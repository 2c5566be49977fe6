"""The main journey, with the client that openapi-python-client generates from openapi.json."""

import datetime
import os
import time
from http import HTTPStatus

from mini_compete_client import AuthenticatedClient, Client
from mini_compete_client.api.accounts import sign_up
from mini_compete_client.api.competitions import create_competition, get_seats, list_competitions
from mini_compete_client.api.mailbox import list_my_mails
from mini_compete_client.api.registrations import cancel_registration, register
from mini_compete_client.models import (
    CompetitionInput,
    CompetitionSort,
    ErrorCode,
    ProblemDetails,
    RegistrationStatus,
    SignupInput,
    SignupRole,
)

URL = os.environ["MINI_COMPETE_URL"]
PUBLIC = Client(URL)


def new_user(name: str, role: SignupRole) -> AuthenticatedClient:
    email = name.lower().replace(" ", ".") + "@example.com"
    body = SignupInput(name=name, email=email, password="correct horse battery", role=role)
    return AuthenticatedClient(URL, sign_up.sync(client=PUBLIC, body=body).token)


def confirmation(participant: AuthenticatedClient, title: str):
    """Waits until a background job has delivered the confirmation."""
    for _ in range(100):
        if mails := list_my_mails.sync(client=participant, search=title):
            return mails[0]
        time.sleep(0.1)
    raise AssertionError("no confirmation within 10 s")


def test_a_python_client_makes_the_main_journey():
    organizer = new_user("Snake Organizer", SignupRole.ORGANIZER)
    participant = new_user("Snake Participant", SignupRole.PARTICIPANT)

    deadline = datetime.datetime(2099, 11, 29, 7, 10, tzinfo=datetime.timezone.utc)
    body = CompetitionInput(
        title="Snake Sprint",
        description="24 hours of code",
        tags=["coding"],
        capacity=50,
        reg_deadline=deadline,
        start_date=None,
    )
    created = create_competition.sync(client=organizer, body=body, idempotency_key="snake-create")
    assert created.reg_deadline == deadline and created.start_date is None
    found = list_competitions.sync(client=PUBLIC, search="snake", sort=CompetitionSort.DEADLINE)
    assert [competition.id for competition in found] == [created.id]

    def registered():
        return register.sync_detailed(created.id, client=participant, idempotency_key="snake-register")

    first, again = registered(), registered()
    assert first.parsed.status == RegistrationStatus.PENDING
    assert again.parsed.id == first.parsed.id
    assert again.headers["idempotency-replayed"] == "true"
    refusal = register.sync(created.id, client=participant)
    assert isinstance(refusal, ProblemDetails) and refusal.code == ErrorCode.ALREADY_REGISTERED
    assert refusal.registration_id == first.parsed.id

    assert confirmation(participant, "Snake Sprint").to == "snake.participant@example.com"
    cancelled = cancel_registration.sync_detailed(created.id, client=participant)
    assert cancelled.status_code == HTTPStatus.NO_CONTENT
    assert get_seats.sync(created.id, client=PUBLIC).seats_left == 50
