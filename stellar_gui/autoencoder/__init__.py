"""The autoencoder: network, training, embedding and model files; torch is imported only here, when first needed."""
