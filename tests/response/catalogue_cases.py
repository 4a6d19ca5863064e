"""Scripts that lead every protocol of the catalogue along each of its ways."""

from collections.abc import Mapping

import msgspec

Answers = Mapping[str, object]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way through a protocol.

    Attributes:
        script: what is answered, by the name of the step.
        passes: what the trace must hold, in this order.
        final: how it ends.
    """

    script: Answers
    passes: tuple[str, ...]
    final: str = "completed"


LAUNCH: Mapping[str, Mapping[str, str]] = {
    "cyber-incident": {"__affected_nation__": "FIN"},
    "malware-outbreak": {"__malware__": "Paper Kite"},
    "rapid-reaction-48h": {
        "__mission__": "reinforce the north",
        "__host_nation__": "FIN",
        "__transit_nations__": "EST, LVA",
    },
    "air-policing-hand-over": {
        "__incoming_nation__": "POL",
        "__outgoing_nation__": "FIN",
        "__host_nation__": "LTU",
    },
    "border-surveillance-surge": {
        "__asking_nation__": "POL",
        "__area__": "the river",
    },
    "election-vigilance": {
        "__affected_nation__": "LVA",
        "__election_day__": "2027-03-07",
    },
}

JUDGED = {"__significant__": True, "__cross_border__": True, "__severity__": "high"}

WAYS: Mapping[str, Mapping[str, Way]] = {
    "cyber-incident": {
        "all in time": Way(
            script={
                "Judge the incident": JUDGED,
                "Final report, or a progress report": {"__ongoing__": False},
            },
            passes=(
                "Is it significant?:true",
                "Early warning:ok",
                "Answer the early warning:ok",
                "Final report, or a progress report:ok",
                "How severe is it?:high",
                "Match offers of help:ok",
                "Report, and look around:join-ok",
                "Collect lessons:ok",
            ),
        ),
        "everybody late": Way(
            script={
                "Judge the incident": "timeout",
                "Judge it from the centre": {**JUDGED, "__severity__": "critical"},
                "Early warning": "timeout",
                "Incident notification": "timeout",
                "Final report, or a progress report": "timeout",
                "Final report, late": {"__ongoing__": True},
                "Progress report, or the final one": [
                    {"__ongoing__": True},
                    {"__ongoing__": False},
                ],
                "Look for it at home": "timeout",
            },
            passes=(
                "Judge it from the centre:ok",
                "Early warning, late:ok",
                "Notification, late:ok",
                "Final report, late:ok",
                "While the incident goes on:true",
                "While the incident goes on:false",
                "Ask those who have not answered:ok",
                "Put joint measures to the nations:ok",
            ),
        ),
        "nothing comes even then": Way(
            script={
                "Judge the incident": JUDGED,
                "Early warning": "timeout",
                "Early warning, late": "timeout",
                "Match offers of help": "timeout",
            },
            passes=(
                "Say that there is no offer:ok",
                "Report, and look around:join-fail",
                "Close what stayed open:ok",
            ),
        ),
        "not significant": Way(
            script={"Judge the incident": {"__significant__": False}},
            passes=("Is it significant?:false", "Record why it is not significant:ok"),
        ),
        "nobody judges": Way(
            script={
                "Judge the incident": "timeout",
                "Judge it from the centre": "fail",
            },
            passes=("EXC", "Tell everybody that the protocol stopped:ok"),
            final="exception-handled",
        ),
    },
    "malware-outbreak": {
        "contained": Way(
            script={
                "Look at the evidence": {"__false_alarm__": False},
                "Count the nations that are hit": {
                    "__nations_hit__": 10,
                    "__variants__": True,
                },
                "Hunt again": "timeout",
                "See whether it goes on": [
                    {"__variants__": True},
                    {"__variants__": False},
                ],
            },
            passes=(
                "Publish the indicators:ok",
                "Hunt, block, analyse:join-ok",
                "Are many nations hit?:true",
                "Put joint measures to the nations:ok",
                "While new variants appear:true",
                "While new variants appear:false",
                "Clean and restore:ok",
            ),
        ),
        "late everywhere": Way(
            script={
                "Look at the evidence": {"__false_alarm__": False},
                "Publish the indicators": "timeout",
                "Block": "timeout",
                "Count the nations that are hit": {"__nations_hit__": 3},
                "Put joint measures to the nations": "timeout",
                "Clean and restore": "timeout",
            },
            passes=(
                "Warn without indicators:ok",
                "Hunt, block, analyse:join-fail",
                "See who is still exposed:ok",
                "Go on without a decision:ok",
                "While new variants appear:false",
                "Follow up what is not clean:ok",
            ),
        ),
        "few are hit": Way(
            script={
                "Look at the evidence": {"__false_alarm__": False},
                "Count the nations that are hit": {"__nations_hit__": 2},
            },
            passes=("Are many nations hit?:false", "Clean and restore:ok"),
        ),
        "a false alarm": Way(
            script={
                "Look at the evidence": {"__false_alarm__": True},
                "Recall what went out": "fail",
            },
            passes=("Recall by telephone:ok", "Take blocks out again:ok"),
        ),
        "no triage": Way(
            script={"Look at the evidence": "timeout"},
            passes=("EXC", "Tell everybody that the protocol stopped:ok"),
            final="exception-handled",
        ),
    },
    "rapid-reaction-48h": {
        "ready in time": Way(
            script={
                "Match offers with the need": {"__enough__": True},
                "Review the deployment": [
                    {"__deployed__": True},
                    {"__deployed__": False},
                ],
            },
            passes=(
                "Is something missing?:false",
                "Decision to deploy:ok",
                "Unit ready to move at home base:ok",
                "Make ready:join-ok",
                "Move:ok",
                "While units are deployed:true",
                "While units are deployed:false",
            ),
        ),
        "late and short": Way(
            script={
                "Warning order: what can you offer?": "timeout",
                "Ask again for what is missing": "timeout",
                "Unit ready to move at home base": "timeout",
                "Move": "timeout",
                "Review the deployment": {"__deployed__": False},
            },
            passes=(
                "Is something missing?:true",
                "Reduce the task:ok",
                "Make ready:join-fail",
                "Name the gaps:ok",
                "Follow up late movements:ok",
                "Take over in the area:ok",
            ),
        ),
        "no decision": Way(
            script={
                "Match offers with the need": {"__enough__": True},
                "Decision to deploy": "timeout",
            },
            passes=("Stand down:ok", "Collect lessons:ok"),
        ),
        "no order": Way(
            script={"Give the order": "fail"},
            passes=("EXC", "Tell everybody that the protocol stopped:ok"),
            final="exception-handled",
        ),
    },
    "air-policing-hand-over": {
        "relieved": Way(
            script={"Certify the incoming detachment": {"__ready__": True}},
            passes=(
                "Prepare the hand-over:join-ok",
                "While it is not ready:false",
                "Both on alert:join-ok",
                "Take over:ok",
                "Relieve the outgoing detachment:ok",
            ),
        ),
        "certified at the second try": Way(
            script={
                "Deploy and report ready": "timeout",
                "Certify the incoming detachment": {"__ready__": False},
                "The outgoing detachment stays": ["ok", "fail"],
                "Certify again": [{"__ready__": False}, {"__ready__": True}],
                "Take over": "timeout",
            },
            passes=(
                "Decide what must wait:ok",
                "While it is not ready:true",
                "Find another nation:ok",
                "Mend what failed:ok",
                "While it is not ready:false",
                "The outgoing detachment keeps the task:ok",
            ),
        ),
        "not both on alert": Way(
            script={
                "Certify the incoming detachment": {"__ready__": True},
                "Incoming on alert": "timeout",
            },
            passes=(
                "Both on alert:join-fail",
                "The outgoing detachment keeps the task:ok",
            ),
        ),
        "nobody certifies": Way(
            script={"Certify the incoming detachment": "fail"},
            passes=("EXC", "Tell everybody that the protocol stopped:ok"),
            final="exception-handled",
        ),
    },
    "border-surveillance-surge": {
        "three weeks": Way(
            script={
                "Weekly review": [
                    {"__surge__": True, "__finding__": "crossing"},
                    {"__surge__": True, "__finding__": "sabotage"},
                    {"__surge__": True, "__finding__": "airspace"},
                    {"__surge__": False, "__finding__": "none"},
                ],
            },
            passes=(
                "Decision on the surge:ok",
                "Watch more closely:join-ok",
                "Hand over to the border police:ok",
                "Secure evidence and warn the owners:ok",
                "Tell air command:ok",
                "What was found?:default",
                "While the surge goes on:false",
                "Wind down:ok",
            ),
        ),
        "too few": Way(
            script={
                "Contribute": "timeout",
                "Weekly review": {"__surge__": False},
                "Wind down": "timeout",
            },
            passes=(
                "Watch more closely:join-fail",
                "Go on with what there is:ok",
                "List who is still there:ok",
            ),
        ),
        "declined": Way(
            script={"Decision on the surge": "timeout"},
            passes=("Say that there is no surge:ok", "Collect lessons:ok"),
        ),
        "the need is not described": Way(
            script={"Describe the need": "timeout"},
            passes=("EXC", "Tell everybody that the protocol stopped:ok"),
            final="exception-handled",
        ),
    },
    "election-vigilance": {
        "a busy period": Way(
            script={
                "Daily look": [
                    {"__event__": "interference"},
                    {"__event__": "intrusion"},
                    {"__event__": "outage"},
                    {"__event__": "threat"},
                    {"__event__": "none", "__period__": False},
                ],
                "Judge the incident": {"__significant__": False},
            },
            passes=(
                "Know what is normal:join-ok",
                "Put facts together:ok",
                "Run the incident protocol>",
                "Record why it is not significant:ok",
                "Run the incident protocol<:ok",
                "Bring it back:ok",
                "Tell the police:ok",
                "What happened?:default",
                "Until the day before the vote:false",
                "Watch the vote and the count:join-ok",
                "Until the result is final:ok",
            ),
        ),
        "gaps": Way(
            script={
                "Name contact points": "timeout",
                "List and scan systems": "timeout",
                "Daily look": ["timeout", {"__event__": "none", "__period__": False}],
                "Call the voting nation": {"__event__": "threat"},
                "Tell the police": "timeout",
            },
            passes=(
                "Use the standing contacts:ok",
                "Write down what is not covered:ok",
                "Call the voting nation:ok",
                "What happened?:threat",
                "Note what stayed open:ok",
                "Until the day before the vote:false",
            ),
        ),
        "watched until the end": Way(
            script={
                "Daily look": {"__period__": False},
                "Stand by": "timeout",
            },
            passes=(
                "Watch the vote and the count:join-fail",
                "Until the result is final:ok",
            ),
        ),
        "no result": Way(
            script={
                "Daily look": {"__period__": False},
                "Until the result is final": "timeout",
            },
            passes=("EXC", "Tell everybody that the protocol stopped:ok"),
            final="exception-handled",
        ),
    },
}
"""By protocol and by name of the way."""
