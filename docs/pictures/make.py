"""Draw the pictures of the README anew from the demo county: the first screen, the page, a workbook, a card.

``python docs/pictures/make.py`` needs chromium, soffice with Writer, and pdftoppm; Pillow makes the pictures small.
"""

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COUNTY = "evidence_samples/demo-county"
NEEDED = ("chromium", "soffice", "pdftoppm")
COLOURS, WIDEST = 48, 1500
BROWSER = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
SCREEN = """<!DOCTYPE html><meta charset="utf-8"><style>body{margin:0;background:#10161f;color:#e4e9f0}
pre{margin:16px;font:15px/1.35 "Noto Sans Mono CJK SC","WenQuanYi Zen Hei Mono",monospace}</style><pre>"""


def run(*words: object) -> str:
    """Run a program and hand back what it prints."""
    return subprocess.run([str(word) for word in words], cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout  # noqa: S603


def fazhi(*words: object) -> str:
    """Run this checkout's command line."""
    return run(sys.executable, "cli.py", *words)


def shoot(page: Path, picture: Path, width: int, height: int) -> None:
    """Take a picture of the top of a page."""
    run(*BROWSER, f"--screenshot={picture}", f"--window-size={width},{height}", page.as_uri())


def first_sheet(document: Path, folder: Path, picture: Path, page: int = 1, dots: int = 70) -> None:
    """Print a document and take one of its pages."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, document)
    target = folder / picture.stem
    run("pdftoppm", "-r", dots, "-png", "-f", page, "-l", page, "-singlefile", folder / f"{document.stem}.pdf", target)
    shutil.copy(target.with_suffix(".png"), picture)


def shrink(picture: Path, tallest: int) -> None:
    """Few colours are enough for text and charts, and the upper left corner for a wide sheet."""
    image = Image.open(picture).convert("RGB")
    image = image.crop((0, 0, min(image.width, WIDEST), min(image.height, tallest)))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


def main() -> int:
    """Draw all four."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        print(f"not installed: {', '.join(lacking)}")
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        screen = fazhi("assess", COUNTY)
        (folder / "screen.html").write_text(SCREEN + html.escape(screen) + "</pre>", encoding="utf-8")
        shoot(folder / "screen.html", HERE / "screen.png", 760, 1180)
        fazhi("assess", COUNTY, "--format", "html", "-o", folder / "page.html", "-q")
        shoot(folder / "page.html", HERE / "page.png", 1180, 2350)
        fazhi("report", "rectification", COUNTY, "-o", folder / "ledger.xlsx", "-q")
        first_sheet(folder / "ledger.xlsx", folder, HERE / "workbook.png", page=2, dots=200)
        fazhi("report", "interview", COUNTY, "--unit", "司法局", "-o", folder / "card.docx", "-q")
        first_sheet(folder / "card.docx", folder, HERE / "card.png")
    for picture, tallest in (("screen", 1180), ("page", 2350), ("workbook", 950), ("card", 1180)):
        shrink(HERE / f"{picture}.png", tallest)
        print(HERE / f"{picture}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
