# RUN: %python %s
"""Metrics against values worked out by hand."""

import math
import unittest

import numpy as np

import support  # noqa: F401  (sets the module path)

from spiq.eval import metrics


class ComparisonTest(unittest.TestCase):
    def test_sqnr_and_agreement(self):
        comparison = metrics.Comparison()
        comparison.add(np.array([[3.0, 4.0]]), np.array([[3.0, 3.5]]), 1)
        comparison.add(np.array([[0.0, 5.0]]), np.array([[0.5, 0.0]]), 1)
        # signal 25 + 25, noise 0.25 + 0.25 + 25
        self.assertAlmostEqual(comparison.sqnr_db, 10 * math.log10(50 / 25.5))
        self.assertEqual(comparison.agreement, 50)
        self.assertEqual(comparison.max_abs_error, 5)

    def test_equal_outputs(self):
        comparison = metrics.Comparison()
        comparison.add(np.ones((1, 2)), np.ones((1, 2)), 1)
        self.assertEqual(comparison.sqnr_db, math.inf)
        self.assertEqual(comparison.agreement, 100)

    def test_maps_agree_per_position(self):
        reference = np.zeros((1, 3, 2, 2))
        reference[0, 1, 0, :] = 1
        actual = reference.copy()
        actual[0, 2, 0, 0] = 2
        comparison = metrics.Comparison()
        comparison.add(reference, actual, 1)
        self.assertEqual((comparison.agreeing, comparison.positions), (3, 4))

    def test_not_finite(self):
        comparison = metrics.Comparison()
        comparison.add(np.ones((1, 2)), np.array([[1.0, math.nan]]), 1)
        self.assertEqual(comparison.non_finite, 1)
        self.assertTrue(math.isnan(comparison.sqnr_db))
        self.assertTrue(math.isnan(comparison.max_abs_error))


class TopKTest(unittest.TestCase):
    def test_ranks(self):
        top = metrics.TopK()
        top.add(np.array([[0.1, 0.7, 0.2]]), 1)  # rank 0
        top.add(np.array([[0.1, 0.7, 0.2]]), 0)  # rank 2
        top.add(np.array([[0.5, 0.5, 0.0]]), 1)  # tie: rank 1
        top.add(np.array([[0.5, 0.5, 0.0]]), 0)  # tie: rank 0
        self.assertEqual(top.ranks, [0, 2, 1, 0])
        self.assertEqual(top.accuracy(1), 50)
        self.assertEqual(top.accuracy(2), 75)

    def test_paired_change(self):
        reference = np.array([True] * 90 + [False] * 10)
        actual = reference.copy()
        actual[:4] = False
        actual[99] = True
        change = metrics.paired_accuracy_change(reference, actual)
        self.assertAlmostEqual(change.value, -3)
        # p = 2/102, q = 5/102
        half = 1.959964 * math.sqrt((7 / 102 - (3 / 102) ** 2) / 102)
        self.assertAlmostEqual(change.low, 100 * (-3 / 102 - half), places=4)
        self.assertAlmostEqual(change.high, 100 * (-3 / 102 + half), places=4)

    def test_unchanged_interval_is_not_empty(self):
        same = np.ones(50, bool)
        change = metrics.paired_accuracy_change(same, same)
        self.assertEqual(change.value, 0)
        self.assertLess(change.low, 0)
        self.assertGreater(change.high, 0)


class ConfusionTest(unittest.TestCase):
    def test_mean_iou(self):
        # Classes 0 and 1, void 2. Row = truth.
        confusion = metrics.Confusion(3, void=2)
        mask = np.array([[0, 0, 1, 1, 2, 255]])
        predicted = np.array([[0, 1, 1, 2, 0, 1]])
        confusion.add(predicted, mask)
        np.testing.assert_array_equal(
            confusion.images[0], [[1, 1, 0], [0, 1, 1], [0, 0, 0]]
        )
        # class 0: 1 / 2; class 1: 1 / (2 + 1); void does not count.
        self.assertAlmostEqual(confusion.mean_iou(), 100 * (1 / 2 + 1 / 3) / 2)

    def test_absent_class_does_not_count(self):
        confusion = metrics.Confusion(4, void=3)
        confusion.add(np.array([[0, 1]]), np.array([[0, 0]]))
        self.assertAlmostEqual(confusion.mean_iou(), 50)

    def test_paired_change(self):
        good, bad = metrics.Confusion(2, void=-1), metrics.Confusion(2, void=-1)
        for _ in range(5):
            mask = np.array([[0, 0, 1, 1]])
            good.add(mask, mask)
            bad.add(np.array([[0, 1, 1, 1]]), mask)
        change = metrics.paired_iou_change(good, bad)
        expected = 100 * ((1 / 2 + 2 / 3) / 2 - 1)
        for value in (change.value, change.low, change.high):
            self.assertAlmostEqual(value, expected)


class SoftmaxTest(unittest.TestCase):
    def test_recovers_centred_logits(self):
        logits = np.array([[1.0, -2.0, 4.0]])
        probabilities = np.exp(logits) / np.exp(logits).sum()
        self.assertTrue(metrics.is_softmax(probabilities, 1))
        np.testing.assert_allclose(
            metrics.logits_of_softmax(probabilities, 1), logits - 1.0
        )

    def test_vanished_probability_stays_finite(self):
        logits = metrics.logits_of_softmax(np.array([[1.0, 0.0]]), 1)
        self.assertTrue(np.isfinite(logits).all())

    def test_other_outputs(self):
        self.assertFalse(metrics.is_softmax(np.array([[0.5, 0.6]]), 1))
        self.assertFalse(metrics.is_softmax(np.array([[2.0, -1.0]]), 1))
        self.assertFalse(metrics.is_softmax(np.array([[1.0]]), 1))


if __name__ == "__main__":
    unittest.main()
