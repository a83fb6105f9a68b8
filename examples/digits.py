"""Train a small neural network on handwritten digits, epoch by epoch, and watch it in Halley.

    python examples/digits.py
    python examples/digits.py --hidden 128 64 --learning-rate 0.003

The digits are the 1,797 images of 8 x 8 pixels that come with scikit-learn; nothing is downloaded.
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import halley

LABELS = np.arange(10)


def train(arguments: argparse.Namespace) -> float:
    """Train one network and log it; returns the accuracy on the held-back digits."""
    images, digits = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        images / 16.0, digits, test_size=0.25, random_state=arguments.seed, stratify=digits
    )
    network = MLPClassifier(
        hidden_layer_sizes=tuple(arguments.hidden),
        learning_rate_init=arguments.learning_rate,
        alpha=arguments.alpha,
        batch_size=arguments.batch_size,
        random_state=arguments.seed,
    )
    accuracy = 0.0
    with halley.start(project_name=arguments.project) as experiment:
        if arguments.name:
            experiment.set_name(arguments.name)
        experiment.add_tag("mlp")
        experiment.log_parameters(
            {
                "hidden": arguments.hidden,
                "learning_rate": arguments.learning_rate,
                "alpha": arguments.alpha,
                "batch_size": arguments.batch_size,
                "epochs": arguments.epochs,
                "seed": arguments.seed,
            }
        )
        experiment.log_others({"train_images": len(train_x), "test_images": len(test_x)})
        order = np.random.default_rng(arguments.seed)
        for epoch in range(1, arguments.epochs + 1):
            shuffled = order.permutation(len(train_x))
            network.partial_fit(train_x[shuffled], train_y[shuffled], classes=LABELS)
            for context, x, y in (("train", train_x, train_y), ("test", test_x, test_y)):
                probabilities = network.predict_proba(x)
                accuracy = float((probabilities.argmax(1) == y).mean())
                with experiment.context_manager(context):
                    experiment.log_metrics(
                        {"loss": log_loss(y, probabilities, labels=LABELS), "accuracy": accuracy},
                        step=epoch,
                        epoch=epoch,
                    )
            weights = np.concatenate([layer.ravel() for layer in network.coefs_])
            experiment.log_metric("weight_norm", np.linalg.norm(weights), step=epoch, epoch=epoch)
            if epoch % 10 == 0:
                print(f"epoch {epoch:3}/{arguments.epochs}  accuracy on held-back digits {accuracy:.4f}", flush=True)
                experiment.log_confusion_matrix(
                    test_y, probabilities, images=test_x.reshape(-1, 8, 8), max_examples_per_cell=5, step=epoch
                )
                experiment.log_histogram_3d(weights, name="weights", step=epoch)
                experiment.log_image(draw_neurons(network), name="first layer", step=epoch, image_scale=4)
    return accuracy


def draw_neurons(network: MLPClassifier) -> np.ndarray:
    """What the neurons of the first layer look at: their weights as pictures side by side, eight in a row."""
    layer = network.coefs_[0].T.reshape(-1, 8, 8)
    tiles = np.zeros((-(-len(layer) // 8) * 8, 9, 9))
    tiles[: len(layer), :8, :8] = layer
    return tiles.reshape(-1, 8, 9, 9).swapaxes(1, 2).reshape(-1, 72)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hidden", type=int, nargs="+", default=[64], help="neurons per hidden layer")
    parser.add_argument("--learning-rate", type=float, default=0.001)
    parser.add_argument("--alpha", type=float, default=0.0001, help="L2 penalty (default %(default)s)")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", default="digits")
    parser.add_argument("--name", help="name of the experiment; Halley makes one up if not given")
    return parser.parse_args()


if __name__ == "__main__":
    train(parse_arguments())
