"""Loading a campaign: the parts of all units, brought together under the rules that are to judge them."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from engine.campaigns import load_campaign
from engine.commands.cache import load_kept_submission
from engine.commands.cache import read_kept_campaign_file
from engine.commands.inputs import Opened
from engine.commands.inputs import Refusal
from engine.commands.inputs import from_here
from engine.commands.inputs import rules_for
from engine.merging import merge
from engine.models.campaign import Campaign
from engine.models.campaign import Merged
from engine.models.problem import Problem
from engine.models.problem import refused


class OpenedCampaign(NamedTuple):
    """A campaign with its parts brought together, and what was found on the way."""

    opened: Opened
    campaign: Campaign
    merged: Merged
    problems: list[Problem]


def open_campaign(
    folder: Path, ruleset: str | None, rulesets: Path | None, profile: str | None, day: date | None
) -> OpenedCampaign:
    """Bring the parts of all units together under the rules that are to judge them, or refuse what the settings say."""
    campaign, problems = load_campaign(folder, load_kept_submission, read_kept_campaign_file)
    if campaign is None or refused(problems):
        raise Refusal(problems, folder)
    rules, points = rules_for(campaign.head, ruleset, rulesets, profile, folder)
    merged, found = merge(campaign, rules)
    opened = Opened(rules, points, merged.submission, day, folder, merged.owners, campaign.head.stages)
    return OpenedCampaign(opened, campaign, merged, [*problems, *found])


def open_as_submission(
    folder: Path, ruleset: str | None, rulesets: Path | None, profile: str | None, day: date | None
) -> Opened:
    """Open a campaign where a submission is asked for, as one; what was found on the way is told at once."""
    campaign = open_campaign(folder, ruleset, rulesets, profile, day)
    for found in campaign.problems:
        click.echo(str(from_here(found, folder)), err=True)
    return campaign.opened
