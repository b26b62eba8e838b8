"""A worker with one slow task, on the queue of the database named in the environment."""

import os
import time
from pathlib import Path

from celery import Celery

from counter import broker

app = Celery("queue_worker", broker=broker.PGMQ)
app.conf.update(
    broker_transport_options={
        **broker.transport_options(broker.PGMQ, {"NAME": os.environ["QUEUE_DATABASE"]}),
        "conn_string": os.environ["QUEUE_DATABASE"],
        "visibility_timeout": 2,
        "polling_interval": 0.5,
    },
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
)


@app.task
def note(path: str, seconds: float) -> None:
    """Note the start, take some time, note the end."""
    with Path(path).open("a") as notes:
        notes.write("begun\n")
        notes.flush()
        time.sleep(seconds)
        notes.write("done\n")
