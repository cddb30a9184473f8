"""The process of which the web workers are copies."""

import subprocess
import sys

from bench.live import ROOT

COUNT = "import gc; from deploy.web import import_slices; import_slices(); print(len(gc.get_objects()))"


def test_the_collector_passes_by_what_every_worker_imported():
    run = subprocess.run([sys.executable, "-c", COUNT], cwd=ROOT, check=True, capture_output=True, text=True)
    assert int(run.stdout) < 1_000
