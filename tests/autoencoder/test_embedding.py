import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder import embedding as module
from stellar_gui.autoencoder.embedding import embed
from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.progress import Progress, drain


def test_kept_rows_are_embedded_and_others_are_nan(stars: NDArray[np.float32], model: TrainedModel) -> None:
    magnitudes, kept = stars.copy(), np.arange(len(stars)) % 3 > 0
    magnitudes[~kept] = np.nan
    embedding = drain(embed(model, magnitudes, kept))
    latent = model.encode(stars[kept])
    np.testing.assert_array_equal(embedding.latent[kept], latent)
    np.testing.assert_array_equal(embedding.reconstruction[kept], model.decode(latent))
    np.testing.assert_array_equal(embedding.residual[kept], stars[kept] - embedding.reconstruction[kept])
    for values in (embedding.latent, embedding.reconstruction, embedding.residual, embedding.error):
        assert values.dtype == np.float32
        assert not values.flags.writeable
        assert np.isnan(values[~kept]).all()
    np.testing.assert_allclose(
        embedding.error[kept], np.sqrt(np.mean(embedding.residual[kept] ** 2, axis=1)), rtol=1e-6
    )


def test_batches_tell_progress_and_make_no_difference(
    stars: NDArray[np.float32], model: TrainedModel, monkeypatch
) -> None:
    kept = np.ones(len(stars), dtype=bool)
    kept[100:350] = False
    whole = drain(embed(model, stars, kept))
    monkeypatch.setattr(module, "BATCH", 100)
    work, told = embed(model, stars, kept), []
    while True:
        try:
            told.append(next(work))
        except StopIteration as end:
            parts = end.value
            break
    assert told == [Progress(done, 600, "stars") for done in range(100, 700, 100)]
    np.testing.assert_allclose(parts.latent, whole.latent, atol=1e-6)


def test_no_stars_are_no_trouble(stars: NDArray[np.float32], model: TrainedModel) -> None:
    assert len(drain(embed(model, stars[:0], np.zeros(0, dtype=bool)))) == 0
    assert np.isnan(drain(embed(model, stars, np.zeros(len(stars), dtype=bool))).latent).all()


def test_encode_and_decode_work_in_batches(stars: NDArray[np.float32], model: TrainedModel, monkeypatch) -> None:
    latent, magnitudes = model.encode(stars), model.decode(model.encode(stars))
    monkeypatch.setattr("stellar_gui.autoencoder.model.BATCH", 77)
    np.testing.assert_allclose(model.encode(stars), latent, atol=1e-6)
    np.testing.assert_allclose(model.decode(latent), magnitudes, atol=1e-5)
    assert model.encode(stars[:0]).shape == (0, 2)
    assert model.decode(latent[:0]).shape == (0, 5)
