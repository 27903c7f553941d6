"""The official schemas, through frictionless, as the referee of what is written."""

import json

from frictionless import Package


def complaints(folder, official):
    """What frictionless finds against a package, with the official schemas instead of their addresses."""
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    # The addresses would be fetched; the profile is compared on its own.
    descriptor.pop("profile")
    for resource in descriptor["resources"]:
        if str(resource.get("schema", "")).startswith("http"):
            schema = official / f"{resource['name']}-table-schema.json"
            resource["schema"] = json.loads(schema.read_text(encoding="utf-8"))
    report = Package.from_descriptor(descriptor, basepath=str(folder)).validate()
    assert report.stats["tasks"] >= 3
    return report.flatten(["title", "message"])
