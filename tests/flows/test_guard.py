"""On PostgreSQL the database refuses a state that no Move explains, and keeps the logs."""

import pytest
from django.db import DatabaseError, connection, transaction

from flows.models import Move, Reported
from tests.errands.make import H, T, hear, make_call, make_job, make_jobs
from tests.errands.models import Job
from tests.factories import make_shop

pytestmark = pytest.mark.postgres


def run(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def explain(job, seq, target):
    run(
        "INSERT INTO flows_move (shop_id, flow, subject, seq, step, source, target, who, by, why, inputs, passed,"
        " trigger, at, noted_at) VALUES"
        " (%s, 'job', %s, %s, 'x', 'open', %s, 'agent', 'x', '', '{}', '[]', '', now(), now())",
        job.shop_id, job.pk, seq, target,
    )  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE errands_job SET state = 'done' WHERE id = %s",
        "UPDATE errands_job SET state = 'done', version = version + 1 WHERE id = %s",
        "UPDATE errands_job SET version = version + 1 WHERE id = %s",
        "UPDATE errands_job SET version = version - 1, state = 'waiting' WHERE id = %s",  # the Move before
        "UPDATE errands_job SET version = version - 1 WHERE id = %s",
    ],
)
def test_a_state_or_version_without_its_move_is_refused(shop, sql):
    job = make_job(shop, "open")
    with pytest.raises(DatabaseError, match="no move explains"):
        run(sql, job.pk)
    assert Job.objects.values_list("state", "version").get() == ("open", 2)


def test_with_its_move_it_passes(shop):
    job = make_job(shop, "open")
    explain(job, 3, "done")
    run("UPDATE errands_job SET state = 'done', version = 3 WHERE id = %s", job.pk)
    assert Job.objects.get().state == "done"


def test_a_move_to_elsewhere_or_of_another_flow_explains_nothing(shop):
    job = make_job(shop, "open")
    explain(job, 3, "packed")
    with pytest.raises(DatabaseError, match="no move explains"):
        run("UPDATE errands_job SET state = 'done', version = 3 WHERE id = %s", job.pk)


def test_one_unexplained_row_refuses_the_statement(shop):
    jobs = make_jobs(shop, 3, "open")
    for job in jobs[:2]:
        explain(job, 3, "done")
    with pytest.raises(DatabaseError, match=f"job {jobs[2].pk}: no move"):
        run("UPDATE errands_job SET state = 'done', version = 3")
    assert set(Job.objects.values_list("state", flat=True)) == {"open"}


def test_other_columns_may_change_without_a_move(shop):
    job = make_job(shop, "open")
    run("UPDATE errands_job SET words = 'x' WHERE id = %s", job.pk)
    run("UPDATE errands_job SET words = 'x' WHERE false")


def test_an_unexplained_row_is_not_inserted(shop):
    job = Job(shop=shop, number="1", state="open", version=1, created_at=T)
    with pytest.raises(DatabaseError, match="no move explains"), transaction.atomic():
        Job.objects.bulk_create([job])
    assert not Job.objects.exists()


def test_a_subject_is_not_deleted(shop):
    make_call(make_job(shop))
    for table in ("errands_call", "errands_job"):
        with pytest.raises(DatabaseError, match="never deleted"):
            run(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", ["flows_move", "flows_reported", "deadlines_change"])
@pytest.mark.parametrize("change", ["UPDATE {} SET by = 'me'", "DELETE FROM {}"])
def test_a_log_is_neither_changed_nor_cut(shop, table, change):
    job = make_job(shop, "sent")
    hear(job, "deadline", T, clock="sign", due=T + 9 * H)
    with pytest.raises(DatabaseError, match="never changed"):
        run(change.format(table))


def test_the_guard_costs_no_more_than_a_look_at_an_index(shop):
    """Also where the plan was made while the log was small: never a scan of all moves."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc, proconfig FROM pg_proc WHERE proname = 'flows_explained'")
        [(_, config)] = cursor.fetchall()
    assert config == ["enable_seqscan=off"]


@pytest.mark.django_db(transaction=True)
def test_a_test_database_can_still_be_emptied():
    take_from = make_job(make_shop(at=T), "open")
    assert Move.objects.filter(subject=take_from.pk).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE flows_move, flows_reported, errands_job CASCADE")
    assert not Reported.objects.exists()
    assert not Job.objects.exists()
