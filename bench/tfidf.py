"""What somebody would pick instead of our model: scikit-learn's TF-IDF and logistic regression, one post at a time, on one core.

Runs in the peers' environment; reads JSON with `texts`, `labels` and `posts`, and prints what it measured.
"""

import json
import resource
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression


def memory() -> float:
    """The most that the process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Learn from the labelled texts, then say of each post how likely its classes are."""
    given = json.load(sys.stdin)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = LogisticRegression(max_iter=1000)
    model.fit(words.fit_transform(given["texts"]), given["labels"])
    begun = time.process_time()
    for text in given["posts"]:
        model.predict_proba(words.transform([text]))
    rate = len(given["posts"]) / (time.process_time() - begun)
    print(json.dumps({"posts_per_second": rate, "megabytes": memory()}))


if __name__ == "__main__":
    main()
