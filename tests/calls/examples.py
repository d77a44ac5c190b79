"""One small good file of every format, for the examination that runs on every reader."""

from __future__ import annotations

import json
from typing import Final

from tests.calls.samples import csv_of, lines

SITE: Final = "called,queue,trunk,service,centre,operator\n*,,,15,CRRA-SAMU-35,\n"

_ASTERISK = [
    f'"","01990001{i:02}","0199001500","from-op","""A. Caller"" <01990001{i:02}>","SIP/op-b-0000{i:04x}",'
    f'"SIP/100-00{i:02}","Dial","SIP/100","2021-06-02 14:{i:02}:00","2021-06-02 14:{i:02}:08",'
    f'"2021-06-02 14:{i:02}:50",50,42,"ANSWERED","DOCUMENTATION","16226352{i:02}.{i}",""'
    for i in range(12)
]


def _invite(i: int) -> dict[str, object]:
    return {
        "method": "INVITE",
        "from_tag": f"a{i}",
        "to_tag": f"b{i}",
        "callid": f"c{i}@op-b",
        "sip_code": "200",
        "sip_reason": "OK",
        "time": 1622645998 + 10 * i,
        "src_user": f"01990001{i:02}",
        "dst_user": "15",
    }


def _syslog(i: int) -> str:
    fields = _invite(i)
    said = (
        f"timestamp={fields['time']};method=INVITE;from_tag=a{i};to_tag=b{i};call_id=c{i}@op-b;code=200;reason=OK;"
        f"src_user={fields['src_user']};dst_user=15"
    )
    return f"Jun  2 16:59:{i:02} sbc1 /usr/sbin/kamailio[811]: NOTICE: acc: ACC: transaction answered: {said}"


def _text(rows: list[str]) -> bytes:
    return "\n".join([*rows, ""]).encode()


EXAMPLES: Final[dict[str, tuple[str, bytes]]] = {
    # name of the example: (name of its reader, the file)
    "records-csv": ("records-csv", csv_of(lines(12))),
    "records-jsonl": (
        "records-jsonl",
        _text([json.dumps(dict(zip(("time", "service", "id"), line.split(","), strict=False))) for line in lines(12)]),
    ),
    "asterisk": ("asterisk", _text(_ASTERISK)),
    "kamailio syslog": ("kamailio", _text([_syslog(i) for i in range(12)])),
    "kamailio json": ("kamailio", _text([json.dumps(_invite(i)) for i in range(12)])),
    "kamailio flatstore": ("kamailio", _text(["|".join(str(v) for v in _invite(i).values()) for i in range(12)])),
    "montgomery-911": (
        "montgomery-911",
        _text(
            ["timeStamp,dispatch_local,title,twp"]
            + [f"2015-12-10 17:40:{i:02},2015-12-10 17:10:52,EMS: FALL,NEW HANOVER" for i in range(12)]
        ),
    ),
    "technion-bank": (
        "technion-bank",
        _text(
            ["vru+line,call_id,priority,type,date,vru_entry,vru_exit,vru_time,q_start,q_exit,q_time,outcome,ser_start,"
             "ser_exit,ser_time"]
            + [f"AA0101,{i},0,PS,990201,7:{i:02}:47,7:{i:02}:56,9,0:00:00,0:00:00,0,AGENT,7:{i:02}:55,7:30:41,166"
               for i in range(12)]
        ),
    ),
    "sf-fire": (
        "sf-fire",
        _text(
            ["Call Number,Unit ID,Call Type,Received DtTm,Zipcode of Incident"]
            + [f"17{i:04},E{i},Medical Incident,01/01/2017 11:{i:02}:55 AM,94103" for i in range(12)]
        ),
    ),
    "asterisk-excel-fr": (
        "asterisk-excel-fr",
        _text(
            ["Compte;Appelant;Appelé;Contexte;Début;Réponse;Fin;Durée;Décroché (s);Résultat"]
            + [f";01990001{i:02};0199001500;hq;20/06/2017 09:{i:02};;20/06/2017 10:00;9,0;0,0;BUSY" for i in range(12)]
        ),
    ),
}  # fmt: skip
