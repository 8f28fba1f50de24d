"""The page in a real browser: nothing asked for, nothing wider than the window, no fault that axe finds.

Needs node with playwright-core and axe-core (``NODE_PATH``), and Chromium; where one is missing, the test says so and skips.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.commands import cli

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
LOOK = """
const {chromium} = require('playwright-core');
const axe = require.resolve('axe-core');
(async () => {
  const browser = await chromium.launch({executablePath: process.argv[2], args: ['--no-sandbox']});
  const told = [];
  for (const width of [1280, 390]) {
    const context = await browser.newContext({viewport: {width, height: 900}, bypassCSP: true});
    const page = await context.newPage();
    const asked = [], said = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    await page.goto(process.argv[3]);
    await page.addScriptTag({path: axe});
    const faults = await page.evaluate(async () => (await axe.run(document)).violations.map((v) => v.id));
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    told.push({asked: asked.length, said, faults, wider});
    await context.close();
  }
  const page = await browser.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(process.argv[3]);
  await page.fill('.find input', 'I-R36');
  told.push({said, found: await page.textContent('.find output')});
  console.log(JSON.stringify(told));
  await browser.close();
})();
"""


def ready() -> bool:
    """Whether node finds what it needs."""
    if CHROMIUM is None or shutil.which("node") is None:
        return False
    asked = ["node", "-e", "require('playwright-core'); require('axe-core')"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not ready(), reason="Chromium, node, playwright-core or axe-core is missing: the page is not looked at")
def test_a_browser_finds_no_fault(tmp_path: Path) -> None:
    """At the width of a desk and of a phone; the search works under the page's own policy."""
    file, script = tmp_path / "a.html", tmp_path / "look.js"
    sample = str(ROOT / "evidence_samples" / "taonan-2020")
    CliRunner().invoke(cli, ["assess", sample, "--format", "html", "-o", str(file)], standalone_mode=False)
    script.write_text(LOOK, encoding="utf-8")
    words = ["node", str(script), str(CHROMIUM), file.as_uri()]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=120, check=True, env=dict(os.environ))
    desk, phone, searched = json.loads(done.stdout)

    assert desk == phone == {"asked": 1, "said": [], "faults": [], "wider": 0}
    assert searched["said"] == [] and searched["found"].startswith("找到1行")
