"""Train a movie recommender by matrix factorisation on a stream of ratings, and watch it in Halley.

    python examples/movie_recommendation.py
    python examples/movie_recommendation.py --data ratings.csv --loss mse --optimizer adam --embed-size 64

The data is a CSV of `timestamp, user_id, movie_id, rating` rows in the order in which they were given, such as

    2021-12-16 14:52:44, 461360, the+muppet+movie+1979, 2

with or without a header line. Where no file is given, a generator with a seed makes one of realistic shape: a few users
rate hundreds of films, most rate a handful; a few films are seen by everyone, most by few; tastes are shared.

The model predicts the probability that a rating is high: sigmoid(user . movie + biases). It learns from the first 80 %
of the stream and is judged on the last 20 %, as it would be in use.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

import halley

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LOWEST, HIGHEST = 1.0, 5.0


@dataclass(frozen=True)
class Ratings:
    """Ratings in the order of time, with users and movies counted from 0."""

    user: Integers
    movie: Integers
    rating: Floats
    users: list[str]
    movies: list[str]

    def __len__(self) -> int:
        return len(self.rating)


def read_ratings(path: Path) -> Ratings:
    """Read a CSV of `timestamp, user_id, movie_id, rating` rows; sorts by time; says which lines it cannot read."""
    rows: list[tuple[datetime, str, str, float]] = []
    unreadable: list[str] = []
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        for number, fields in enumerate(csv.reader(file, skipinitialspace=True), start=1):
            if not fields:
                continue
            try:
                timestamp, user, movie, rating = (field.strip() for field in fields[:4])
                rows.append((datetime.fromisoformat(timestamp), user, movie, float(rating)))
            except ValueError:
                if number > 1:  # the first line may be a header
                    unreadable.append(f"line {number}: {','.join(fields)[:80]}")
    if unreadable:
        print(
            f"{len(unreadable):,} lines of {path} could not be read and are left out, such as {unreadable[0]}",
            file=sys.stderr,
        )
    if not rows:
        raise SystemExit(
            f"{path} holds no ratings. Rows look like: 2021-12-16 14:52:44, 461360, the+muppet+movie+1979, 2"
        )
    rows.sort(key=lambda row: row[0])
    users: dict[str, int] = {}
    movies: dict[str, int] = {}
    return Ratings(
        np.array([users.setdefault(user, len(users)) for _, user, _, _ in rows], np.int64),
        np.array([movies.setdefault(movie, len(movies)) for _, _, movie, _ in rows], np.int64),
        np.clip(np.array([rating for _, _, _, rating in rows]), LOWEST, HIGHEST),
        list(users),
        list(movies),
    )


def write_ratings(path: Path, *, users: int, movies: int, count: int, seed: int) -> None:
    """Write a made-up CSV of ratings: long-tailed users and films, tastes of eight dimensions, one rating in time."""
    random = np.random.default_rng(seed)
    activity = random.zipf(1.7, users).clip(max=2_000).astype(np.float64)
    fame = 1.0 / np.arange(1, movies + 1) ** 0.9
    who = random.choice(users, count, p=activity / activity.sum())
    what = random.choice(movies, count, p=fame / fame.sum())
    taste, style = random.normal(0, 0.45, (users, 8)), random.normal(0, 0.9, (movies, 8))
    quality, mood = random.normal(0, 0.5, movies), random.normal(0, 0.4, users)
    score = 3.4 + (taste[who] * style[what]).sum(1) + quality[what] + mood[who] + random.normal(0, 0.5, count)
    rating = np.clip(np.rint(score), LOWEST, HIGHEST).astype(int)
    start = datetime(2021, 1, 1)
    seconds = np.sort(random.integers(0, 365 * 86_400, count))
    words = "the big last dark silent muppet river star moon city lost night king blue wild".split()
    titles = [f"{'+'.join(random.choice(words, 3))}+{1930 + number % 92}+{number}" for number in range(movies)]
    with path.open("w", newline="", encoding="utf-8") as file:
        for row in range(count):
            at = start + timedelta(seconds=int(seconds[row]))
            file.write(f"{at}, {100_000 + who[row]}, {titles[what[row]]}, {rating[row]}\n")


def to_batches(ratings: Ratings, rows: Integers, size: int) -> Iterator[tuple[Integers, Integers, Floats]]:
    """Cut rows into batches of (users, movies, ratings scaled to 0..1)."""
    for start in range(0, len(rows), size):
        chosen = rows[start : start + size]
        yield ratings.user[chosen], ratings.movie[chosen], (ratings.rating[chosen] - LOWEST) / (HIGHEST - LOWEST)


class Optimizer:
    """Sparse updates of table rows: stochastic gradient descent, AdaGrad, or Adam."""

    def __init__(self, kind: str, learning_rate: float) -> None:
        self.kind, self.learning_rate, self.steps = kind, learning_rate, 0
        self.first: dict[int, Floats] = {}
        self.second: dict[int, Floats] = {}

    def update(self, table: Floats, rows: Integers, gradient: Floats) -> None:
        """Move `table[rows]` against the gradient; a row that occurs several times gets the sum."""
        unique, where = np.unique(rows, return_inverse=True)
        total = np.zeros((len(unique), *gradient.shape[1:]))
        np.add.at(total, where, gradient)
        if self.kind == "sgd":
            table[unique] -= self.learning_rate * total
            return
        second = self.second.setdefault(id(table), np.zeros_like(table))
        if self.kind == "adagrad":
            second[unique] += total**2
            table[unique] -= self.learning_rate * total / (np.sqrt(second[unique]) + 1e-8)
            return
        first = self.first.setdefault(id(table), np.zeros_like(table))
        first[unique] = 0.9 * first[unique] + 0.1 * total
        second[unique] = 0.999 * second[unique] + 0.001 * total**2
        step = self.learning_rate * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        table[unique] -= step * first[unique] / (np.sqrt(second[unique]) + 1e-8)


class MatrixFactorization:
    """sigmoid(user . movie + user bias + movie bias + bias), the scaled rating."""

    def __init__(self, ratings: Ratings, embed_size: int, random: np.random.Generator) -> None:
        self.user = random.normal(0, 0.1, (len(ratings.users), embed_size))
        self.movie = random.normal(0, 0.1, (len(ratings.movies), embed_size))
        self.user_bias = np.zeros((len(ratings.users), 1))
        self.movie_bias = np.zeros((len(ratings.movies), 1))
        self.bias = np.zeros((1, 1))

    def predict(self, user: Integers, movie: Integers) -> Floats:
        """The predicted rating of each pair, scaled to 0..1."""
        score = (self.user[user] * self.movie[movie]).sum(1)
        score += self.user_bias[user, 0] + self.movie_bias[movie, 0] + self.bias[0, 0]
        return np.asarray(1 / (1 + np.exp(-score)))

    def learn(self, batch: tuple[Integers, Integers, Floats], loss: str, decay: float, optimizer: Optimizer) -> Floats:
        """Take one step on a batch; returns the predictions before it."""
        user, movie, target = batch
        predicted = self.predict(user, movie)
        slope = predicted - target if loss == "bce" else 2 * (predicted - target) * predicted * (1 - predicted)
        slope = slope[:, None] / len(target) * 64  # a step should not shrink as the batch grows
        optimizer.steps += 1
        user_rows, movie_rows = self.user[user], self.movie[movie]
        optimizer.update(self.user, user, slope * movie_rows + decay * user_rows)
        optimizer.update(self.movie, movie, slope * user_rows + decay * movie_rows)
        optimizer.update(self.user_bias, user, slope)
        optimizer.update(self.movie_bias, movie, slope)
        optimizer.update(self.bias, np.zeros(len(user), np.int64), slope / 8)
        return predicted


def measure(predicted: Floats, target: Floats) -> dict[str, float]:
    """Binary cross-entropy of the scaled ratings, mean squared error in stars, and how often the star is right."""
    safe = predicted.clip(1e-7, 1 - 1e-7)
    stars = (predicted - target) * (HIGHEST - LOWEST)
    return {
        "bce": float(-(target * np.log(safe) + (1 - target) * np.log(1 - safe)).mean()),
        "mse": float((stars**2).mean()),
        "accuracy": float((np.abs(stars) < 0.5).mean()),
    }


def train(arguments: argparse.Namespace, ratings: Ratings) -> None:
    """Train one model and log it."""
    random = np.random.default_rng(arguments.seed)
    experiment = halley.start(project_name=arguments.project)
    if arguments.name:
        experiment.set_name(arguments.name)
    experiment.add_tags(["matrix factorisation", arguments.loss])
    experiment.log_parameters(
        {
            "batch_size": arguments.batch_size,
            "epochs": arguments.epochs,
            "embed_size": arguments.embed_size,
            "optimizer": arguments.optimizer,
            "learning_rate": arguments.learning_rate,
            "loss": arguments.loss,
            "decay": arguments.decay,
            "seed": arguments.seed,
        }
    )
    experiment.log_others({"users": len(ratings.users), "movies": len(ratings.movies), "ratings": len(ratings)})

    split = int(len(ratings) * 0.8)
    held_back = np.arange(split, len(ratings))
    model = MatrixFactorization(ratings, arguments.embed_size, random)
    optimizer = Optimizer(arguments.optimizer, arguments.learning_rate)
    per_epoch = -(-split // arguments.batch_size)
    step = 0
    for epoch in range(1, arguments.epochs + 1):
        seen: list[tuple[Floats, Floats]] = []
        with experiment.train():
            for batch in to_batches(ratings, random.permutation(split), arguments.batch_size):
                predicted = model.learn(batch, arguments.loss, arguments.decay, optimizer)
                seen.append((predicted, batch[2]))
                step += 1
                figures = measure(predicted, batch[2])
                experiment.log_metrics(
                    {"batch_loss": figures[arguments.loss], "batch_bce": figures["bce"], "batch_mse": figures["mse"]},
                    step=step,
                    epoch=step / per_epoch,
                )
            figures = measure(*(np.concatenate(column) for column in zip(*seen, strict=True)))
            experiment.log_metrics(figures | {"loss": figures[arguments.loss]}, step=step, epoch=epoch)
        with experiment.validate():
            target = (ratings.rating[held_back] - LOWEST) / (HIGHEST - LOWEST)
            judged = measure(model.predict(ratings.user[held_back], ratings.movie[held_back]), target)
            experiment.log_metrics(judged | {"loss": judged[arguments.loss]}, step=step, epoch=epoch)
        print(
            f"epoch {epoch:3}/{arguments.epochs}  train bce {figures['bce']:.4f} mse {figures['mse']:.4f}"
            f"  validate bce {judged['bce']:.4f} mse {judged['mse']:.4f}",
            flush=True,
        )
    experiment.end()


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="CSV of timestamp, user_id, movie_id, rating; made up if not given")
    parser.add_argument("--users", type=int, default=3_000, help="users to make up (default %(default)s)")
    parser.add_argument("--movies", type=int, default=1_500, help="movies to make up (default %(default)s)")
    parser.add_argument("--ratings", type=int, default=120_000, help="ratings to make up (default %(default)s)")
    parser.add_argument("--write-data", type=Path, metavar="FILE", help="write the made-up ratings there and stop")
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--embed-size", type=int, default=32)
    parser.add_argument("--optimizer", choices=["sgd", "adagrad", "adam"], default="adam")
    parser.add_argument("--learning-rate", type=float, default=0.002)
    parser.add_argument("--loss", choices=["bce", "mse"], default="bce")
    parser.add_argument("--decay", type=float, default=0.0005, help="weight decay (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", default="movie-recommendation")
    parser.add_argument("--name", help="name of the experiment; Halley makes one up if not given")
    return parser.parse_args()


def main() -> None:
    """Read or make ratings, then train."""
    arguments = parse_arguments()
    made_up = {"users": arguments.users, "movies": arguments.movies, "count": arguments.ratings, "seed": 7}
    if arguments.write_data:
        write_ratings(arguments.write_data, **made_up)
        return
    if arguments.data:
        ratings = read_ratings(arguments.data)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ratings.csv"
            write_ratings(path, **made_up)
            ratings = read_ratings(path)
    train(arguments, ratings)


if __name__ == "__main__":
    main()
