"""HATS catalogues for tests, written by hand: every partition at one order."""

from pathlib import Path

import numpy as np
import pandas as pd
from astropy_healpix import HEALPix

FINEST = 29


def write_hats(stars: pd.DataFrame, folder: Path, order: int) -> None:
    """Write stars with ra and dec, deg, as a HATS catalogue of partitions of one order."""
    ra, dec = np.radians(stars["ra"].to_numpy()), np.radians(stars["dec"].to_numpy())
    finest = HEALPix(2**FINEST, order="nested").lonlat_to_healpix(*_angles(ra, dec)).astype(np.int64)
    table = stars.assign(_healpix_29=finest).sort_values("_healpix_29", kind="stable")
    pixel = table["_healpix_29"].to_numpy() >> 2 * (FINEST - order)
    lines = ["Norder,Npix"]
    for number in np.unique(pixel).tolist():
        path = folder / "dataset" / f"Norder={order}" / f"Dir={number // 10000 * 10000}" / f"Npix={number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table[pixel == number].to_parquet(path, index=False, row_group_size=200)
        lines.append(f"{order},{number}")
    (folder / "partition_info.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    properties = {
        "obs_collection": folder.name,
        "dataproduct_type": "object",
        "hats_nrows": len(table),
        "hats_col_ra": "ra",
        "hats_col_dec": "dec",
        "hats_col_healpix": "_healpix_29",
        "hats_col_healpix_order": FINEST,
        "hats_order": order,
        "hats_version": "v1.0",
    }
    text = "".join(f"{key}={value}\n" for key, value in properties.items())
    (folder / "hats.properties").write_text("#HATS catalog\n" + text, encoding="utf-8")


def _angles(ra: np.ndarray, dec: np.ndarray) -> tuple:
    from astropy import units

    return ra * units.rad, dec * units.rad
