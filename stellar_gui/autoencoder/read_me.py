"""The read-me of an exported model: what it is, and how its files are used."""

from typing import Final

from stellar_gui.autoencoder.model import TrainedModel
from stellar_gui.autoencoder.onnx_file import OPSET
from stellar_gui.autoencoder.standalone import WEIGHTS

README: Final = "README.md"
_BRIGHTNESS: Final = """
The network sees colours alone. A star's brightness, the mean of its five magnitudes, goes round it: the decoder takes
it as a second input.
"""
_DEREDDENED: Final = """
Magnitudes are corrected for extinction: correct them before they are encoded; decoded ones are corrected too.
"""
_TEXT: Final = """\
# Stellar GUI model {id}

An autoencoder of stars: five SDSS magnitudes u g r i z, in mag, to {latent} latent coordinates, dimensionless and in
canonical form, and back. Given {stars:,} stars to train and test with. On test stars the rms of the residuals is
{rms} mag in u g r i z.

NaN stands for a band without a detection: it is given what the star's other bands make likely.
{notes}
With PyTorch (`model.py`, which reads `{weights}` and needs only torch and numpy):

    import model

    network = model.load()
    latent = network.encode(magnitudes)
    reconstruction = network.decode(latent{brightness})

With ONNX (`encoder.onnx` and `decoder.onnx`; float32, opset {opset}); in Python:

    import onnxruntime

    encoder, decoder = (onnxruntime.InferenceSession(name) for name in ("encoder.onnx", "decoder.onnx"))
    {encoded} = encoder.run(None, {{"magnitudes": magnitudes}})
    [reconstruction] = decoder.run(None, {{{given}}})

`magnitudes` and `reconstruction` have the shape (stars, 5), `latent` has (stars, {latent}); as float32 for ONNX. The
metadata of the ONNX files hold the model's identifier, units and training settings.
"""


def read_me(model: TrainedModel) -> str:
    """The text, in Markdown, of a folder with the files of `standalone` and of `onnx_file`."""
    passes, dust = model.features.passes_brightness, model.config.deredden
    values = ["latent", "brightness"] if passes else ["latent"]
    return _TEXT.format(
        id=model.id,
        latent=model.config.network.latent,
        stars=model.stars,
        rms=", ".join(f"{rms:.3f}" for rms in model.report.rms_per_band),
        notes=_BRIGHTNESS * passes + _DEREDDENED * dust,
        weights=WEIGHTS,
        brightness=", network.fill(magnitudes).mean(axis=1)" if passes else "",
        opset=OPSET,
        encoded=f"[{', '.join(values)}]",
        given=", ".join(f'"{name}": {name}' for name in values),
    )
