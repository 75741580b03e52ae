#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the README's picture of the page anew: build/venv-page/bin/python Tests/page/picture.py PREFIX docs/page.png"""

import sys
from pathlib import Path

from conftest import STATUSES, Served, answered, chromium, opened

prefix, picture = map(Path, sys.argv[1:])
served = Served(prefix, STATUSES)
with chromium() as browser, opened(browser, served.address, viewport={"width": 1120, "height": 600}) as page:
    page.get_by_label("Start from").select_option(label="Lunch")
    answered(page)
    page.screenshot(path=picture)
served.end()
