"""The photographs of `batch.rs` with Pillow in two processes: python3 pillow.py FOLDER_OF_JPEGS"""

import os
import sys
import tempfile
import time
from multiprocessing import Pool

from PIL import Image, ImageChops

FOLDER, OUT = sys.argv[1], tempfile.mkdtemp()
OVER = Image.effect_noise((512, 384), 60).convert("RGB")


def one(name):
    photo = Image.open(os.path.join(FOLDER, name)).convert("RGB").resize((512, 384), Image.LANCZOS)
    both = Image.blend(photo, ImageChops.overlay(photo, OVER), 0.5)
    both.save(os.path.join(OUT, name), quality=90, subsampling=0)


if __name__ == "__main__":
    names = [name for name in os.listdir(FOLDER) if name.endswith(".jpg")]
    with Pool(2) as pool:
        pool.map(one, names[:20])
        start = time.time()
        pool.map(one, names, chunksize=10)
        print(f"{len(names) / (time.time() - start):.1f} photographs a second")
