"""The cameras of a run, each on a thread of its own: started, stopped and exchanged one by one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from geo.errors import AirelibError, CameraLost, OutboxFull
from vision.camera import Camera, Store
from vision.run import Run
from vision.tally import FAILED, LOST
from vision.uplink import wait_s

CAMERA_STARTED = "camera_started"
CAMERA_ENDED = "camera_ended"
CAMERA_LOST = "camera_lost"
CAMERA_FAILED = "camera_failed"
CAMERA_CRASHED = "camera_crashed"
CAMERA_STOPPED = "camera_stopped"
OUTBOX_FILLED = "outbox_filled"

OUTBOX_WAIT_S = 5.0
"""Pause of a camera whose outbox is full, before it tries to save again."""

GOOD_S = 60.0
"""Time of watching after which a camera's losses are forgotten, so that the next one is tried again at once."""

log = structlog.get_logger("airelib.worker")


@dataclass
class Post:
    """One camera at its post."""

    camera: Camera
    fingerprint: bytes
    """Of all that its configuration says; equal where nothing changed."""
    stop: threading.Event
    thread: threading.Thread | None = None
    failure: Exception | None = None
    """What ended the camera for good."""


Recruit = Callable[[threading.Event], Camera]
"""Makes a camera that a stop ends."""


@dataclass
class Fleet:
    """The cameras of a run."""

    run: Run
    store: Store
    posts: dict[str, Post] = field(default_factory=dict)

    def apply(self, wanted: dict[str, tuple[bytes, Recruit]]) -> None:
        """Bring the cameras to what is wanted, by name: fingerprint and maker; one whose fingerprint is the same does not notice."""
        leaving = {
            camera_id: post
            for camera_id, post in self.posts.items()
            if camera_id not in wanted or wanted[camera_id][0] != post.fingerprint
        }
        self.stop(leaving)
        for camera_id, (fingerprint, recruit) in wanted.items():
            if camera_id not in self.posts:
                stop = threading.Event()
                post = Post(recruit(stop), fingerprint, stop)
                post.thread = threading.Thread(
                    target=_watch,
                    args=(self.run, post, self.store),
                    name=f"camera {camera_id}",
                )
                self.posts[camera_id] = post
                post.thread.start()

    def stop(self, posts: dict[str, Post]) -> None:
        """End some cameras; each saves first."""
        for post in posts.values():
            post.stop.set()
        for camera_id, post in list(posts.items()):
            if post.thread is not None:
                post.thread.join()
            del self.posts[camera_id]
            log.info(CAMERA_STOPPED, camera=camera_id)

    def stop_all(self) -> None:
        """End all cameras, and keep them for the count."""
        for post in self.posts.values():
            post.stop.set()
        for post in self.posts.values():
            if post.thread is not None:
                post.thread.join()

    @property
    def has_ended(self) -> bool:
        """Tell whether no camera is at work any more."""
        return not any(p.thread is not None and p.thread.is_alive() for p in self.posts.values())

    @property
    def failures(self) -> list[Exception]:
        """Return what ended cameras for good."""
        return [post.failure for post in self.posts.values() if post.failure is not None]


def _watch(run: Run, post: Post, store: Store) -> None:
    """Run one camera: a live one again and again, a file once."""
    camera, failures = post.camera, 0
    log.info(CAMERA_STARTED, camera=camera.camera_id)
    while not post.stop.is_set():
        failures += 1
        frames = camera.tally.frames
        try:
            camera.watch(store)
            log.info(CAMERA_ENDED, camera=camera.camera_id)
            break
        except CameraLost as error:
            failures = 1 if camera.tally.frames > frames else failures
            _lost(camera, store, error, failures)
        except OutboxFull as error:
            _outbox_full(run, post, error)
        except AirelibError as error:
            log.error(CAMERA_FAILED, camera=camera.camera_id, reason=str(error))  # noqa: TRY400 - the sentence says it
            post.failure, camera.tally.state = error, FAILED
            break
        except Exception:
            run.crashes += 1
            log.exception(CAMERA_CRASHED, camera=camera.camera_id, crashes=run.crashes)
            post.stop.wait(wait_s(failures))


def _lost(camera: Camera, store: Store, error: CameraLost, failures: int) -> None:
    camera.tally.state = LOST
    camera.tally.losses += 1
    log.warning(CAMERA_LOST, camera=camera.camera_id, reason=str(error))
    camera.miss(store, wait_s(failures))


def _outbox_full(run: Run, post: Post, error: OutboxFull) -> None:
    log.error(OUTBOX_FILLED, camera=post.camera.camera_id, reason=str(error))
    if run.until_end:
        run.fail(error)
    post.stop.wait(OUTBOX_WAIT_S)
