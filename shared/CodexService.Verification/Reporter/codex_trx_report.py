"""Adds the results of .NET test projects (TRX files of dotnet test) to the report of tests.

usage: codex_trx_report.py FOLDER REPORT
The files are written by the tree under test; one that cannot be read spoils the whole report.
"""
import json
import os
import re
import sys
import xml.etree.ElementTree as tree

LARGEST = 256 << 20
LONGEST_ID = 1000
# https://learn.microsoft.com/dotnet/api/microsoft.visualstudio.testplatform.objectmodel.testoutcome and the TRX logger's own names.
OUTCOMES = {'Passed': 'passed', 'PassedButRunAborted': 'passed', 'Failed': 'failed', 'Error': 'error', 'Timeout': 'error', 'Aborted': 'error'}


def local(element):
    return element.tag.rsplit('}', 1)[-1]


def classes(root):
    """Test id -> class name: not every adapter names the class in the test's name."""
    found = {}
    for test in root.iter():
        if local(test) == 'UnitTest':
            method = next((part for part in test if local(part) == 'TestMethod'), None)
            if method is not None:
                found[test.get('id')] = method.get('className', '').split(',')[0]
    return found


def results(root):
    known = classes(root)
    for result in root.iter():
        if local(result) == 'UnitTestResult':
            name, owner = result.get('testName', ''), known.get(result.get('testId'), '')
            name = name if not owner or name.startswith(owner) else owner + '.' + name
            name = re.sub(r'[\x00-\x1f\x7f-\x9f]', ' ', name)[:LONGEST_ID]
            if name:
                yield {'id': name, 'outcome': OUTCOMES.get(result.get('outcome'), 'skipped')}


def main(folder, report):
    lines = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not name.endswith('.trx') or os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > LARGEST:
            continue
        try:
            lines += results(tree.parse(path).getroot())
        except (tree.ParseError, OSError, ValueError):
            # No line of a report: half of the results must not pass for all.
            lines.append('unreadable')
    with open(report, 'a', encoding='utf-8') as stream:
        for line in lines:
            stream.write(json.dumps(line) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
