"""Make docs/images/report.png: two pages of the demo's report, side by side.

    python tools/make_report_picture.py

Needs pdftoppm (poppler-utils). The survey is simulated, as the report itself says.
"""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from pardine.workflows.demo import run_demo

TARGET = Path(__file__).parents[1] / "docs" / "images" / "report.png"
PAGES = (1, 3)
DOTS_PER_INCH = 80
GAP_PX = 16


def main() -> None:
    """Run the demo, turn the pages into pictures, put them beside each other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # What is on the photographs does not show in the report.
        demo = run_demo(folder / "demo", seed=2026, photographs="tiny")
        pdf = demo.ran.reported.files[1]
        subprocess.run(
            ["pdftoppm", "-r", str(DOTS_PER_INCH), "-png", str(pdf), str(folder / "page")], check=True
        )
        files = sorted(folder.glob("page-*.png"))
        pages = [Image.open(files[page - 1]).convert("RGB") for page in PAGES]
        width = sum(page.width for page in pages) + GAP_PX * (len(pages) + 1)
        sheet = Image.new("RGB", (width, pages[0].height + 2 * GAP_PX), "#d9d9d9")
        for place, page in enumerate(pages):
            sheet.paste(page, (GAP_PX + place * (page.width + GAP_PX), GAP_PX))
        sheet.quantize(128).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
