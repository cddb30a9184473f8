"""The shop as granian's target, in a worker that ends when its server does, even when that is killed."""

from deploy.processes import end_with_parent

end_with_parent()

from wsgi import app  # noqa: E402

__all__ = ["app"]
