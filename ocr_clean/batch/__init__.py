"""Thousands of dumps, unattended: `ocr-clean batch`, `status` and `report`.

| file | what it does |
| --- | --- |
| `inputs.py` | finds the inputs and gives each its place in the output tree |
| `storage.py` | reads and writes one file, on disk or behind an fsspec URL; trusts no input |
| `work.py` | cleans one file: from `Job` to `Outcome` |
| `workers.py` | runs jobs in processes of their own, so that a crash or a hang costs one file |
| `cluster.py` | runs the same jobs on a Dask cluster |
| `lock.py` | keeps a second run out of an output folder |
| `database.py` | remembers every file: the run database |
| `run.py` | puts them together: what is new or changed is cleaned, the rest is left |
| `summary.py` | the collection's figures as text, CSV and JSON |
| `report.py` | the same as one HTML page |
"""
