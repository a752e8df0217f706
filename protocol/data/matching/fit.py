#!/usr/bin/env python3
"""Fits weights of the recipe on one set of persons.  Needs numpy and scipy (nothing random: folds are A record index modulo 5).
Not needed to build or to run: the fitted weights are in `weights.json`.

  python3 fit.py ../../../tests/data/persons weights.json     fits, prints the five-fold figures, writes the weights
"""
import csv, json, os, sys
import numpy as np
from scipy.optimize import minimize
import reference as ref

FOLDS, THRESHOLDS, L2 = 5, (-1, 0, 1, 2, 3), {'positive': 1.0, 'signed': 1.0, 'confirm': 1.0}


def load(folder):
    """Everything the three models need for the candidate pairs of one data set."""
    same = not os.path.exists(os.path.join(folder, 'b.csv'))          # a.csv alone: duplicates inside it
    a, b = (ref.read_persons(os.path.join(folder, name)) for name in ('a.csv', 'a.csv' if same else 'b.csv'))
    ta, tb = [ref.tokens(p) for p in a], [ref.tokens(p) for p in b]
    pairs, _ = ref.candidates(ta, tb, same)
    with open(os.path.join(folder, 'truth.csv'), newline='', encoding='utf-8') as f:
        truth = {frozenset((r['a_id'], r['b_id'])) for r in csv.DictReader(f)}
    types_a, types_b = ([{t[0] for t in s} for s in side] for side in (ta, tb))
    fields_a, fields_b = ([ref.confirm_fields(p) for p in side] for side in (a, b))
    keys = sorted(pairs)
    rows = {'positive': [], 'signed': [], 'confirm': []}
    for i, j in keys:
        shared = pairs[i, j]
        signed = ref.signed_features(a[i], b[j], types_a[i], types_b[j], shared)
        rows['positive'].append(ref.positive_features(shared))
        rows['signed'].append(signed)
        rows['confirm'].append({**signed, **ref.field_features(a[i], b[j], fields_a[i], fields_b[j])})
    label = np.array([frozenset((a[i].id, b[j].id)) in truth for i, j in keys], dtype=float)
    return keys, rows, label, len(truth), ta if same else ta + tb


def matrix(rows, names):
    column = {name: k for k, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for r, features in enumerate(rows):
        for name, value in features.items():
            if name in column:
                x[r, column[name]] = value
    return x


def fit(x, y, names, penalty):
    """Logistic regression, ridge penalty, a name ending in + never below 0, in - never above 0."""
    n = len(names)

    def loss(w):
        z = x @ w[:n] + w[n]
        p = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        return (np.sum(np.logaddexp(0, z) - y * z) + penalty / 2 * np.sum(w[:n] ** 2),
                np.append(x.T @ (p - y) + penalty * w[:n], np.sum(p - y)))

    bounds = [(0, None) if name[-1] == '+' else (None, 0) for name in names] + [(None, None)]
    return minimize(loss, np.zeros(n + 1), jac=True, method='L-BFGS-B', bounds=bounds, options={'maxiter': 2000}).x


def figures(score, y, true_pairs):
    """Best F1 and P / R / F1 at the fixed thresholds."""
    prf = lambda tp, n: (tp / n if n else 0, tp / true_pairs, 2 * tp / (n + true_pairs))
    order = np.argsort(-score, kind='stable')
    hits = np.cumsum(y[order])
    best = max((prf(hits[k], k + 1)[2], k) for k in range(len(order)))[1]
    return {'best': (float(score[order[best]]),) + prf(hits[best], best + 1),
            **{t: prf(y[score >= t].sum(), (score >= t).sum()) for t in THRESHOLDS}}


def show(title, f):
    print(title + '\n   best F1 at %.2f: P %.4f R %.4f F1 %.4f' % f['best'])
    for t in THRESHOLDS:
        print('   score >= %2d: P %.4f R %.4f F1 %.4f' % ((t,) + f[t]))


def main(folder, target):
    keys, rows, y, true_pairs, sets = load(folder)
    fold = np.array([i % FOLDS for i, _ in keys])
    sizes = [len(s) for s in sets]
    print('tokens mean %.2f max %d, candidates %d, recall of candidates %.4f' % (
        np.mean(sizes), max(sizes), len(keys), y.sum() / true_pairs))
    out, passed = {'version': ref.VERSION, 'scale': ref.SCALE, 'fitted_on': os.path.basename(os.path.normpath(folder))}, None
    for model in ('positive', 'signed', 'confirm'):
        names = sorted({name for r in rows[model] for name in r})
        x = matrix(rows[model], names)
        s = np.zeros(len(y))
        for q in range(FOLDS):
            w = fit(x[fold != q], y[fold != q], names, L2[model])
            s[fold == q] = x[fold == q] @ w[:-1] + w[-1]
        if model == 'positive':
            passed = s >= ref.BASE['hit']
            print('hits (positive score >= %g): %d, recall %.4f' % (ref.BASE['hit'], passed.sum(), y[passed].sum() / true_pairs))
        if model == 'confirm':
            s[~passed] = -99.0
        show('%s, %d-fold' % (model, FOLDS), figures(s, y, true_pairs))
        w = fit(x, y, names, L2[model])
        out[model] = {'bias': round(float(w[-1]), 4),
                      'weights': {name: round(float(v), 4) + 0.0 for name, v in zip(names, w) if abs(v) >= 0.00005}}
    with open(target, 'w', encoding='utf-8') as f:
        json.dump(out, f, indent=1, sort_keys=True)
        f.write('\n')


if __name__ == '__main__':
    main(*sys.argv[1:3])
