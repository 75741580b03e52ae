# SPDX-License-Identifier: MIT
"""Makes the month of the office beside: Master.csv, as Asterisk's cdr_csv writes it, and callprop-history.csv, as the module for Asterisk
does. The same each time: python3 month.py FOLDER"""

import csv
import random
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

PEOPLE = ["101", "102", "103", "104", "105"]
QUEUE, MENU, TRUNK = "700", "600", "PJSIP/provider"
GRANTED = {"At work": "li,lo,qli,qri,ri,ro", "Lunch": "li", "After hours": "li,lo"}
HISTORY = "time,sequence,event,client,extension,from,to,until,by,who,status,src,dst,leg,callback,required,granted,linkedid,uniqueid,channel,reason"


class Month:
    def __init__(self) -> None:
        self.random = random.Random(2026)
        self.rows: list[list[str]] = []
        self.changes: list[list[str]] = []
        self.channels = 0
        self.known: set[str] = set()

    def channel(self, device: str) -> str:
        self.channels += 1
        return f"{device}-{self.channels:08x}"

    def row(
        self, start: datetime, src: str, dst: str, caller: str, rung: str, app: str, data: str, unique: str
    ) -> None:
        seconds = self.random.randrange(3, 400)
        answered = rung != "" and self.random.random() < 0.8
        end = start + timedelta(seconds=seconds)
        times = [str(start), str(start + timedelta(seconds=2)) if answered else "", str(end)]
        talked = str(seconds - 2 if answered else 0)
        said = "ANSWERED" if answered else "NO ANSWER"
        self.rows.append(
            [
                "",
                src,
                dst,
                "office",
                f'"" <{src}>',
                caller,
                rung,
                app,
                data,
                *times,
                str(seconds),
                talked,
                said,
                "DOCUMENTATION",
                unique,
                "",
            ]
        )

    def call(self, start: datetime) -> None:
        """A call of the office, as often as there are such."""
        unique = f"{int(start.replace(tzinfo=timezone.utc).timestamp())}.{len(self.rows)}"
        kind, one, other = self.random.random(), *self.random.sample(PEOPLE, 2)
        outside = f"0{self.random.randrange(30, 90)}{self.random.randrange(10**6, 10**7)}"
        trunk, phone = self.channel(TRUNK), self.channel(f"PJSIP/{one}")
        if kind < 0.28:  # a customer, through the queue
            self.row(start, outside, QUEUE, trunk, phone, "Queue", f"{QUEUE},t", unique)
        elif kind < 0.42:  # a customer who knows the number
            self.row(start, outside, one, trunk, phone, "Dial", f"PJSIP/{one},30", unique)
        elif kind < 0.50:  # through the menu, and no further
            self.row(start, outside, MENU, trunk, "", "BackGround", "welcome", unique)
        elif kind < 0.75:  # to outside
            self.row(start, one, outside, phone, trunk, "Dial", f"{TRUNK}/{outside},60", unique)
        elif kind < 0.97:  # a colleague
            self.row(start, one, other, phone, self.channel(f"PJSIP/{other}"), "Dial", f"PJSIP/{other},30", unique)
        else:  # a feature code
            self.row(start, one, "*8", phone, "", "Pickup", "", unique)

    def change(self, when: datetime, extension: str, of: str, to: str) -> None:
        event = "change" if of else "begin"
        sequence = str(len(self.changes) + 1)
        row = [
            f"{when.isoformat()}.000Z",
            sequence,
            event,
            "",
            extension,
            of,
            to,
            "",
            "CLI",
            "",
            to,
            *[""] * 5,
            GRANTED[to],
            *[""] * 4,
        ]
        self.changes.append(row)

    def day(self, day: datetime) -> None:
        for extension in PEOPLE:
            begin, end = day + timedelta(hours=8), day + timedelta(hours=17)
            self.change(begin, extension, "After hours" if extension in self.known else "", "At work")
            self.known.add(extension)
            if extension in ("101", "102"):
                self.change(day + timedelta(hours=12), extension, "At work", "Lunch")
                self.change(day + timedelta(hours=13), extension, "Lunch", "At work")
            self.change(end, extension, "At work", "After hours")
        for start in sorted(self.random.randrange(8 * 3600, 17 * 3600) for _ in range(18)):
            self.call(day + timedelta(seconds=start))


def main(folder: Path) -> None:
    month = Month()
    for day in range(31):
        date = datetime(2026, 10, 1) + timedelta(days=day)
        if date.weekday() < 5:
            month.day(date)
    with (folder / "Master.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(month.rows)
    with (folder / "callprop-history.csv").open("w", encoding="utf-8", newline="") as file:
        month.changes.sort(key=lambda change: change[0])
        numbered = [[change[0], str(number), *change[2:]] for number, change in enumerate(month.changes, 1)]
        csv.writer(file, lineterminator="\n").writerows([HISTORY.split(","), *numbered])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
