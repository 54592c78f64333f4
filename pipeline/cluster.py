"""Dense clusters of vectors: a home of hdbscan."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.floating[Any]]

KEPT_AXES = 15  # dimensions after PCA; density means little in hundreds


def find_clusters(vectors: FloatArray, least: int) -> list[list[int]]:
    """Row numbers of each cluster of at least `least` of the unit `vectors`, in the order of their first row.

    Rows that belong to none are left out. The same rows in the same order give the same clusters.
    """
    if len(vectors) < 2 * least:
        return []
    from hdbscan import HDBSCAN
    from sklearn.decomposition import PCA

    axes = min(KEPT_AXES, len(vectors) - 1, vectors.shape[1])
    # A fixed solver: the randomised one would give another answer on another machine.
    reduced = PCA(n_components=axes, svd_solver="covariance_eigh").fit_transform(np.asarray(vectors, dtype=np.float64))
    labels = HDBSCAN(
        min_cluster_size=least, min_samples=max(2, least // 2), cluster_selection_method="leaf", core_dist_n_jobs=1
    ).fit_predict(np.round(reduced, 6))
    found: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels.tolist()):
        if label >= 0:
            found[label].append(row)
    return sorted(found.values())
