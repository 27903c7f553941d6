"""Every sentence that a `Notice` or error can become, in English, by its code.

A sentence says what is wrong and where; the hint says what was expected and what to do. Fields of
the notice stand in braces. `docs/reference/messages.md` is generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """An English sentence and, where there is one, what to do about it."""

    sentence: str
    hint: str = ""


MESSAGES: dict[str, Message] = {
    # --- place -----------------------------------------------------------------------------------
    "place.unknown_crs": Message(
        "The coordinate reference system “{value}” is not known.",
        "Write an EPSG code such as EPSG:32652, or “local” for metres without a place on Earth.",
    ),
    "place.crs_not_metres": Message(
        "The coordinate reference system “{value}” is in {unit}, not metres.",
        "Use a projection in metres, or longitude and latitude (EPSG:4326).",
    ),
    "place.crs_not_flat": Message(
        "The coordinate reference system “{value}” ({kind}) does not place points on a flat map.",
        "Use a projection in metres such as EPSG:32652, longitude and latitude (EPSG:4326), or “local”.",
    ),
    # --- tables ----------------------------------------------------------------------------------
    "tables.refused": Message(
        "Nothing was added: {n_problems} problem(s) were found in what was brought.",
        "Correct what is listed and bring the tables again.",
    ),
    "tables.nothing_found": Message(
        "There is no table to read in “{file}”.",
        "Name csv, tsv or xlsx files, or a folder that holds them.",
    ),
    "tables.no_stations": Message(
        "None of the tables says where the stations stand.",
        "Bring a table of stations: station, longitude and latitude (or x, y in metres), and the effort.",
    ),
    "table.read": Message(
        "{file}: read as {kind}, {n_rows} rows ({encoding}, separator “{separator}”, decimal “{decimal}”). "
        "Used columns: {used}. Kept as they are: {kept}."
    ),
    "table.first_sheet": Message(
        "{file} has {n_sheets} sheets; only the first, “{value}”, was read.",
        "Save each other sheet that matters as a file of its own.",
    ),
    "table.not_used": Message("Not used, for it holds no table of the survey: {file}."),
    "table.mask_replaced": Message("{file}: this habitat mask was not used, because another was named."),
    "table.not_recognised": Message(
        "{file}: what this table holds is not clear from its columns ({value}).",
        "Stations need station and coordinates; captures need individual and station; effort needs "
        "station, start and end; a mask needs coordinates; a session table needs session.",
    ),
    "table.unreadable_file": Message(
        "The file “{file}” cannot be read: {value}.", "Check its name and place."
    ),
    "table.too_large": Message(
        "{file} is larger than a table of a survey can be.",
        "Expected at most {expected} MB, 2 million rows and 2,000 columns. Split it, or leave out what "
        "is not needed.",
    ),
    "table.empty": Message("{file} is empty.", "Expected a line of column names and rows below it."),
    "table.old_excel": Message(
        "{file} is in the old Excel format (xls).", "Save it as xlsx or csv, and bring that."
    ),
    "table.binary": Message(
        "{file}, line {row}: the sign {value} cannot stand in a table; this is not a text file, or it is "
        "damaged.",
        "Export the table again as csv (UTF-8) or xlsx.",
    ),
    "table.undecodable": Message(
        "{file}, line {row}: the letters cannot be read as {encoding}.",
        "Save the table as “CSV UTF-8”, or as xlsx.",
    ),
    "table.bad_quotes": Message(
        "{file}, line {row}: a quotation mark opens or closes in the wrong place.",
        'Close each quoted cell with ", and write a quotation mark inside a cell twice.',
    ),
    "table.field_too_long": Message(
        "{file}, line {row}: a cell is longer than {expected} characters.",
        "Look for a quotation mark that is never closed.",
    ),
    "table.workbook_unsafe": Message(
        "{file}: this workbook would unpack to far more than a table of a survey can be; it was not opened.",
        "Copy the cells that matter into a new workbook, or save the sheet as csv.",
    ),
    "table.workbook_locked": Message("{file} is locked with a password.", "Save a copy without a password."),
    "table.workbook_broken": Message(
        "{file} is damaged or is not an Excel workbook.", "Open it in a spreadsheet and save it again."
    ),
    "table.ragged": Message(
        "{file}, line {row}: {value} cells where the header has {expected} columns.",
        "Look for a missing or superfluous separator, or a separator within a cell without quotation marks.",
    ),
    "table.column_twice": Message(
        "{file}, line {row}: the column “{column}” appears twice.", "Give each column its own name."
    ),
    "table.missing_column": Message(
        "{file}: the column “{column}” is missing.", "Expected one of: {expected}."
    ),
    "table.missing_value": Message(
        "{file}, line {row}: “{column}” is blank.", "Each row needs it; write it in, or remove the row."
    ),
    "table.not_a_number": Message(
        "{file}, line {row}: “{value}” in column “{column}” is not a number.", "Expected {expected}."
    ),
    "table.number_ambiguous": Message(
        "{file}, line {row}: “{value}” in column “{column}” can be read as two different numbers.",
        "Write numbers without thousands separators, and with one decimal sign in the whole column.",
    ),
    "table.coordinate_too_large": Message(
        "{file}, line {row}: “{value}” in column “{column}” is further away than any place on Earth.",
        "Coordinates are in metres or degrees; look for a lost decimal sign.",
    ),
    "table.bad_date": Message(
        "{file}, line {row}: “{value}” in column “{column}” is not a date that can be read.",
        "Write dates as 2024-05-31 or 2024-05-31 14:30, in the survey's local time.",
    ),
    "table.date_ambiguous": Message(
        "{file}, line {row}: “{value}” in column “{column}” can be read as two different days.",
        "Write dates as 2024-05-31.",
    ),
    "table.unknown_word": Message(
        "{file}, line {row}: “{value}” in column “{column}” is not known.", "Expected one of: {expected}."
    ),
    "table.bad_identifier": Message(
        "{file}, line {row}: the name in column “{column}” holds line breaks or control characters, "
        "or is longer than {expected} characters.",
        "Use a short name on one line.",
    ),
    "table.more_problems": Message("{file}: {value} more problems of this file are not listed."),
    "table.names_alike": Message(
        "{file}: “{value}” and “{other}” in column “{column}” differ only by letters or signs that look "
        "alike.",
        "If they are one, write them the same (check Latin and Cyrillic letters, capitals and blanks).",
    ),
    "table.mangled_names": Message(
        "{file}: {n} name(s) in column “{column}” look as if a spreadsheet had changed them, such as "
        "“{value}”.",
        "Compare with the original; format the column as text before typing codes.",
    ),
    "session.code_assumed": Message(
        "{file}: no session is named; everything was put into session “{session}”."
    ),
    "session.twice": Message(
        "{file}, line {row}: session “{session}” was already described.", "Write one row for each session."
    ),
    "session.unknown": Message(
        "{file}, line {row}: session “{session}” has no stations.",
        "Use the session's name as the table of stations has it: {expected}.",
    ),
    "session.no_stations": Message(
        "{file}, line {row}: session “{session}” has no stations and was left out."
    ),
    "session.ends_before_start": Message(
        "{file}, line {row}: session “{session}” ends before it starts.", "Check start and end."
    ),
    "session.differs": Message(
        "Session “{session}”: the table says {column} = “{value}”, but “{expected}” was asked for.",
        "Leave out the option, or correct the table.",
    ),
    "session.detector_type_unsupported": Message(
        "{file}, line {row}: the detector type “{value}” cannot be analysed yet.",
        "Expected count (several detections of an animal at a station on an occasion), proximity (at "
        "most one) or multi (caught at one station at most).",
    ),
    "session.occasions_differ": Message(
        "Session “{session}”: its dates and the length of an occasion give {value} occasions, "
        "but the effort is told for {expected}.",
        "Correct the dates, the length of an occasion or the number of effort columns.",
    ),
    "session.local_assumed": Message(
        "Session “{session}”: no coordinate reference system is named; x and y were taken as metres of a "
        "local map."
    ),
    "session.needs_dates": Message(
        "{file}: session “{session}” needs its first and last day to place dates in occasions.",
        "Add start and end to the session table.",
    ),
    "station.twice": Message(
        "{file}, line {row}: station “{station}” of session “{session}” appears twice.",
        "Write one row for each station and session.",
    ),
    "station.moved": Message(
        "{file}, line {row}: station “{station}” of session “{session}” has two different places.",
        "A station that moved is a new station: give it its own name.",
    ),
    "station.not_on_earth": Message(
        "{file}, line {row}: “{value}” in column “{column}” is no {expected} on Earth.",
        "Longitude lies between -180 and 180, latitude between -90 and 90, in decimal degrees; check whether "
        "the two were exchanged, or whether these are metres.",
    ),
    "station.looks_like_degrees": Message(
        "{file}: the coordinates of session “{session}” look like degrees but were taken as metres.",
        "Name the columns longitude and latitude, or give the coordinate reference system.",
    ),
    "station.same_place": Message(
        "{file}, line {row}: stations “{station}” and “{other}” of session “{session}” stand at the same "
        "place.",
        "Two cameras of one place are two slots of one station.",
    ),
    "station.far_away": Message(
        "{file}, line {row}: station “{station}” of session “{session}” lies {value} km from the middle "
        "of the others.",
        "Check its coordinates.",
    ),
    "station.usage_blank": Message(
        "{file}, line {row}: the effort of station “{station}” on occasion {occasion} is blank.",
        "Write 0 where the station did not work. An occasion is left out only where it is blank for all "
        "stations of the session.",
    ),
    "station.usage_negative": Message(
        "{file}, line {row}: the effort “{value}” of station “{station}” is below 0.",
        "Effort is the number of station-days, 0 where the station did not work.",
    ),
    "station.usage_too_long": Message(
        "{file}, line {row}: station “{station}” has {value} station-days where {expected} days are "
        "possible.",
        "Check the effort, and the dates of the session. A station with two cameras counts once.",
    ),
    "station.no_effort": Message(
        "{file}: nothing says how long the stations of session “{session}” worked.",
        "Add one effort column an occasion (usage_1, usage_2, ...) or a table of intervals (station, "
        "start, end, state), or the check sheets in the same command; or state that every station worked all "
        "the time.",
    ),
    "station.effort_assumed": Message(
        "Session “{session}”: no effort was told; every station was taken to have worked on every "
        "occasion, as asked.",
        "If some did not, density will come out too low.",
    ),
    "station.never_worked": Message(
        "{file}: these stations of session “{session}” never worked: {station}.", "Check their effort."
    ),
    "effort.unknown_station": Message(
        "{file}, line {row}: station “{station}” is not in the table of stations of session "
        "“{session}”{similar}.",
        "Write the station as the table of stations has it.",
    ),
    "effort.ends_before_start": Message(
        "{file}, line {row}: the interval of station “{station}” does not end after it starts.",
        "Check start and end.",
    ),
    "effort.outside_session": Message(
        "{file}: {n} interval(s) reach beyond the dates of session “{session}”; what lies outside was "
        "not counted."
    ),
    "capture.unknown_station": Message(
        "{file}, line {row}: station “{station}” is not in the table of stations of session "
        "“{session}”{similar}.",
        "Write the station as the table of stations has it, or add it there with its effort.",
    ),
    "capture.unknown_occasion": Message(
        "{file}, line {row}: occasion “{value}” is not an occasion of session “{session}”.",
        "Expected a whole number from 1 to {expected}.",
    ),
    "capture.occasion_zero_based": Message(
        "{file}, line {row}: session “{session}” counts its occasions from 0.",
        "Occasions are counted from 1: add 1 to each, and see that each has its effort column.",
    ),
    "capture.outside_session": Message(
        "{file}, line {row}: the date {value} lies outside session “{session}” ({expected}).",
        "Check the date and the camera's clock, or the dates of the session.",
    ),
    "capture.not_working": Message(
        "{file}, line {row}: station “{station}” caught “{individual}” on occasion {occasion}, but its "
        "effort there is 0.",
        "Check the occasion and the effort: a camera that takes a photograph was working.",
    ),
    "capture.count_below_one": Message(
        "{file}, line {row}: “{value}” in column “{column}” is not a number of detections.",
        "Expected a whole number from 1; leave out rows without a detection.",
    ),
    "capture.not_released": Message(
        "{file}: {n} count(s) of -1 in session “{session}” were read as one detection of an animal that "
        "was not "
        "released (row {row} is the first).",
        "Such an animal counts, and is not expected to be seen again on later occasions.",
    ),
    "capture.summed": Message(
        "{file}: {n} row(s) repeat an animal, occasion and station of session “{session}”; their counts "
        "were added up."
    ),
    "capture.once": Message(
        "{file}: {n} row(s) of session “{session}” hold more than one detection of an animal on an "
        "occasion at a "
        "station; a proximity detector counts them once."
    ),
    "capture.two_sexes": Message(
        "{file}, line {row}: “{individual}” of session “{session}” is {value} here and {other} before.",
        "Decide which is right, or leave the sex blank; two animals may carry one name.",
    ),
    "mask.irregular": Message(
        "{file}: the points of the mask{session} do not lie on a regular grid, so the area of a cell is "
        "not known.",
        "Add a column area_ha with the area that each point stands for, in hectares.",
    ),
    "mask.area_invalid": Message(
        "{file}, line {row}: “{value}” is not an area of a cell.", "Expected a number above 0."
    ),
    "mask.areas_differ": Message(
        "{file}, line {row}: the cells of the mask{session} differ in area ({value} and {expected} m2).",
        "All cells of a session must have the same area.",
    ),
    "mask.area_disagrees": Message(
        "{file}: the area of a cell{session} is stated as {value} m2, but the points are spaced for "
        "{expected} m2.",
        "Check the unit of the area: area_ha is in hectares. The stated area was used.",
    ),
    "mask.point_twice": Message(
        "{file}, line {row}: this point of the mask{session} appears twice.", "Keep one of them."
    ),
    "mask.twice": Message(
        "{file}: session “{session}” already has a mask from another table.",
        "Bring one mask for each session.",
    ),
    "mask.covers_some_sessions": Message(
        "{file}: the mask covers {value}, but not {expected}.",
        "Sessions without a mask are not estimated: bring one for them, or say --buffer-m to make habitat "
        "around the stations of every session.",
    ),
    "telemetry.crs_differs": Message(
        "{file}, row {row}: the fixes are in another coordinate system than the local map of session "
        "“{session}”.",
        "Bring the fixes in the coordinates of the stations.",
    ),
    "telemetry.far_away": Message(
        "{file}, row {row}: the fix of “{individual}” at {value} is very far from all stations of session "
        "“{session}”.",
        "Take out failed fixes; look for a lost digit, for longitude and latitude exchanged, and for degrees "
        "where the stations have metres.",
    ),
    "mask.unknown_session": Message(
        "{file}: the mask's session “{session}” is not in the survey and was left out."
    ),
    "mask.crs_differs": Message(
        "{file}: the mask is in longitude and latitude, but session “{session}” is on a local map.",
        "Bring the mask in the coordinates of the stations.",
    ),
    "export.file_exists": Message(
        "“{file}” is already there; nothing was written.", "Export to an empty folder."
    ),
    "export.folder_not_empty": Message(
        "The folder “{directory}” holds something already.",
        "Name a new folder; nothing was written.",
    ),
    "results.internal": Message(
        "These files hold the exact places of stations, and names of animals: for internal use.",
        "For others, export again with --for partner or --for public.",
    ),
    "results.generalised": Message(
        "Places were generalised for this audience ({audience}); the script for secr, which needs exact "
        "places, was left out."
    ),
    "results.no_raster": Message(
        "Session “{session}”: the habitat points do not form squares, so there is no GeoTIFF of them.",
        "Use the GeoPackage or density.csv.",
    ),
    "results.no_script": Message(
        "There is no script for secr: it cannot say this part of the model yet: {value}."
    ),
    # --- photographs and video ---------------------------------------------------------------------
    "photograph.no_folder": Message(
        "“{file}” is not a folder.", "Name the folder that holds the photographs of a card."
    ),
    "photograph.folder_again": Message(
        "{file}: this link leads to a folder that was already read; it was not entered again."
    ),
    "photograph.system_folder": Message(
        "{file}: this folder belongs to the operating system (deleted files, settings); it was not entered."
    ),
    "photograph.not_media": Message("{file} is not a photograph or video."),
    "photograph.bad_name": Message(
        "“{file}” was set aside: its name holds signs that cannot be written as text.",
        "Rename a copy of the file with plain letters and numbers.",
    ),
    "photograph.not_a_file": Message("{file} was set aside: it is a device or a pipe, not a file."),
    "photograph.unreadable": Message(
        "{file} cannot be read: {value}.", "Look whether the card is damaged; copy the file again."
    ),
    "photograph.empty": Message(
        "{file} was set aside: it is empty.", "Copy it again from the card, if the card still has it."
    ),
    "photograph.only_zeros": Message(
        "{file} was set aside: it begins with nothing but zero bytes, as files of a damaged card do.",
        "Copy it again from the card, or try to recover the card before it is used again.",
    ),
    "photograph.not_what_name_says": Message(
        "{file} was set aside: its name ends with {value}, but it is no photograph or video.",
        "Look at where it came from; do not open it if nobody knows.",
    ),
    "photograph.other_format": Message(
        "{file} was set aside: {value} is not read.",
        "Expected JPEG, PNG, TIFF, MP4, MOV or AVI; keep the original and convert a copy.",
    ),
    "photograph.too_many_bytes": Message(
        "{file} was set aside: with {value} MB it is larger than a file of its kind can be ({expected} MB).",
        "Look at where it came from.",
    ),
    "photograph.too_many_pixels": Message(
        "{file} was set aside: it says that it is {width_px} x {height_px} pixels, more than a camera takes "
        "(at most {expected} million).",
        "It may be made to fill the memory; look at where it came from.",
    ),
    "photograph.no_extent": Message(
        "{file} was set aside: it says that it is {width_px} x {height_px} pixels.",
        "It is damaged; copy it again from the card.",
    ),
    "photograph.no_picture": Message(
        "{file} was set aside: there is no picture in it.", "It is damaged; copy it again from the card."
    ),
    "photograph.cut_short": Message(
        "{file} was set aside: it is cut short, its end is missing.",
        "Copy it again from the card; if it is cut short there too, the camera lost power.",
    ),
    "photograph.damaged": Message(
        "{file} was set aside: its structure is damaged.", "Copy it again from the card."
    ),
    "photograph.video_unfinished": Message(
        "{file} was set aside: the camera did not finish this video, and its index is missing.",
        "The camera lost power while recording; a repair program may save a copy.",
    ),
    "photograph.two_files": Message(
        "{file} was set aside: another file ({value}) is hidden behind the picture.",
        "No camera does this; look at where it came from before anyone opens it.",
    ),
    "photograph.not_decodable": Message(
        "{file}: no picture can be made of this file.", "Open it in a viewer; copy it again from the card."
    ),
    "photograph.exif_damaged": Message(
        "{file}: its EXIF data are damaged ({value}); what could be read was kept."
    ),
    "photograph.xmp_unreadable": Message(
        "{file}: its XMP tags cannot be read; they were left out.",
        "Write the tags again with the program that made them.",
    ),
    "photograph.bad_date": Message("{file}: the date “{value}” in it is no date; it was left out."),
    "photograph.printing_colours": Message(
        "{file} has the colours of printing (CMYK): a program saved it, not a camera."
    ),
    "photograph.no_time": Message(
        "Nothing tells when {file} was made ({n_files} file(s) of this folder).",
        "Look at the strip in the picture and write the time into a table, or leave these files out.",
    ),
    "photograph.time_uncertain": Message(
        "{file}: its only time may mean something else ({value}; {n_files} file(s) of this folder).",
        "State whether videos of this make hold local time or UTC, or look at the strip in the picture.",
    ),
    "photograph.times_disagree": Message(
        "{file}: sources of its time disagree ({value}); {other} is {difference} from {source} in {n_files} "
        "file(s) of this folder.",
        "Compare with the strip in the picture and with the check sheet, and record which is right.",
    ),
    "photograph.day_or_month": Message(
        "{file}: its {source} means {value}; some programs read {other} from it ({n_files} file(s) of this "
        "folder).",
        "Tables that such a program made may hold the other date; compare them before they are joined.",
    ),
    "photograph.time_out_of_range": Message(
        "{file}: the time {value} lies in the future or before 2005 ({n_files} file(s) of this folder).",
        "The camera's clock was not set; correct it with a photograph of a known moment.",
    ),
    "photograph.scanner_date": Message(
        "{file}: its date ({value}) is that of a scanner ({camera}), not of the photograph.",
        "Write the date of the photograph into a table, if it is known.",
    ),
    "photograph.name_clock_off": Message(
        "{file}: only its name tells a time, and the names of {n_others} other file(s) of this folder differ "
        "from their cameras' clocks by {difference} ({n_files} file(s) without another time).",
        "Look at the strip in the picture, or find out by what clock the files were renamed.",
    ),
    "photograph.path_unfit": Message(
        "{n_files} file(s) do not fit the pattern “{value}”; the first is {file}.",
        "Correct the pattern, or move these files; without it nothing says where they were taken.",
    ),
    "photograph.pattern_length": Message(
        "The pattern “{value}” is empty or longer than {expected} characters.",
        "Write a pattern such as {{station}}/{{slot}}/** or {{station}}__{{date}}__{{time}}({{n}}).",
    ),
    "photograph.pattern_brace": Message(
        "The pattern “{value}” has a brace without its partner.",
        "Write each field between braces, such as {{station}}.",
    ),
    "photograph.pattern_unknown_field": Message(
        "The pattern “{value}” has the field “{field}”, which is not known.", "Expected one of: {expected}."
    ),
    "photograph.pattern_no_field": Message(
        "The pattern “{value}” names no field, so it tells nothing.", "Expected at least one of: {expected}."
    ),
    "photograph.pattern_adjacent": Message(
        "In the pattern “{value}”, {field} and {other} stand side by side and cannot be told apart.",
        "Put the sign between them that the files' names have there, such as _ or -.",
    ),
    "photograph.pattern_twice": Message(
        "The pattern “{value}” has {field} too often.",
        "Dates, times and numbers can stand once, ** twice; use {{*}} for what is not needed.",
    ),
    # --- files of other programs -----------------------------------------------------------------
    "imported.refused": Message(
        "Nothing was taken over: {n_problems} problem(s) were found in what was brought.",
        "Correct what is listed, or have it exported again, and bring it once more.",
    ),
    "imported.more_cells": Message("{file}, column “{column}”: the same in {n_more} more rows."),
    "imported.more_repairs": Message(
        "{file}, column “{column}”: {n_more} more cells were read in the same way."
    ),
    "imported.no_table": Message(
        "{file}: the table “{value}” is missing.", "Have the whole export made again, with all its tables."
    ),
    "imported.missing_column": Message(
        "{file}: the column “{column}” is missing.", "Without it the table cannot be used; add it."
    ),
    "imported.missing_value": Message(
        "{file}, line {row}: “{column}” is blank.", "Every row needs it; fill it in."
    ),
    "imported.bad_time": Message(
        "{file}, line {row}, column “{column}”: “{value}” is not a time that can be read in one way only.",
        "Write 2024-05-31 14:30:00.",
    ),
    "imported.bad_number": Message(
        "{file}, line {row}, column “{column}”: “{value}” is not a number that can stand here.",
        "Coordinates are degrees with a decimal point, counts whole numbers, probabilities between 0 and 1.",
    ),
    "container.damaged": Message(
        "{file}: “{value}” cannot be unpacked; the file is damaged or cut off.", "Download or copy it again."
    ),
    "container.encrypted": Message(
        "{file}: “{value}” is locked with a password.", "Unpack it with its password and bring the folder."
    ),
    "container.missing": Message(
        "{file}: the file “{value}” is named but not there.", "Bring the whole folder or archive."
    ),
    "container.too_large": Message(
        "“{file}” is larger than such a file can honestly be, or unpacks to far more than it holds.",
        "Expected at most {expected} MB a file. If it is genuine, unpack it and split it.",
    ),
    "container.unsafe_path": Message(
        "{file}: the path “{value}” leads out of the folder; it was not followed.",
        "Paths must be relative and stay inside the folder. Ask the sender where the file comes from.",
    ),
    "json.broken": Message(
        "{file} is broken JSON: it stops making sense in line {row}, character {column}.",
        "Have it exported again, or correct that place with a text editor.",
    ),
    "json.not_a_number": Message(
        "{file} holds “{value}”, which JSON does not know.", "Have it exported again with null in its place."
    ),
    "json.too_deep": Message(
        "{file} cannot be read as JSON: it is nested too deeply.", "Ask the sender for it anew."
    ),
    "camtrapdp.no_package": Message(
        "“{file}” holds no Camtrap DP package.",
        "Expected datapackage.json, or deployments.csv, media.csv and observations.csv.",
    ),
    "camtrapdp.not_an_object": Message(
        "{file} is not the description of a data package.", "Expected a JSON object with “resources”."
    ),
    "camtrapdp.no_descriptor": Message(
        "{file}: datapackage.json is missing; the tables were read without it.",
        "Ask the sender for it: it says whose data these are and how they may be used.",
    ),
    "camtrapdp.no_resources": Message(
        "{file} does not list its tables; those of the usual names were looked for."
    ),
    "camtrapdp.table_not_named": Message(
        "{file} does not name the table “{value}”; {made} beside it was read."
    ),
    "camtrapdp.bad_resource": Message(
        "{file}: the resource “{value}” has no name or no path.", "Correct it in the file."
    ),
    "camtrapdp.resource_twice": Message(
        "{file}: the resource “{value}” stands twice.", "Leave one of them out."
    ),
    "camtrapdp.remote_table": Message(
        "{file}: the table “{value}” lies on the network and was not fetched.",
        "Download it into the folder of the package and name it there.",
    ),
    "camtrapdp.old_version": Message(
        "{file}: the package follows Camtrap DP {value}, whose columns were others.",
        "Have it exported again as Camtrap DP {expected}.",
    ),
    "camtrapdp.other_version": Message(
        "{file}: the package follows Camtrap DP {value}; it was read as {expected}.",
        "Compare the numbers of rows and some cells with the original.",
    ),
    "camtrapdp.no_version": Message(
        "{file} does not say which version of Camtrap DP it follows; it was read as {expected}."
    ),
    "camtrapdp.form": Message(
        "{file} is written in {encoding} with “{separator}” between cells; the standard asks for UTF-8 "
        "and commas. "
        "It was read all the same."
    ),
    "camtrapdp.column_renamed": Message("{file}: the column “{value}” was read as “{made}”."),
    "camtrapdp.columns_added": Message(
        "{file}: these columns of the standard are missing and were taken as blank: {value}."
    ),
    "camtrapdp.columns_kept": Message(
        "{file}: these columns are not of the standard and are kept beside it: {value}."
    ),
    "camtrapdp.repaired": Message("{file}, line {row}, column “{column}”: “{value}” was read as “{made}”."),
    "camtrapdp.filled": Message(
        "{file}, line {row}: “{column}” was blank and was taken as “{made}” from what else the package tells."
    ),
    "camtrapdp.offset_assumed": Message(
        "{file}, line {row}, column “{column}”: “{value}” states no offset from UTC; it was read as "
        "“{made}”.",
        "If the camera’s clock was set otherwise, state the offset and bring the package again.",
    ),
    "camtrapdp.row_repeated": Message(
        "{file}, line {row}: the row of “{value}” stands twice and was read once."
    ),
    "camtrapdp.not_unique": Message(
        "{file}, line {row}: “{value}” in “{column}” stands more than once, with different rows.",
        "Each row needs a name of its own; find out which one is right.",
    ),
    "camtrapdp.not_integer": Message(
        "{file}, line {row}, column “{column}”: “{value}” is not a whole number.",
        "Write a number such as 12.",
    ),
    "camtrapdp.not_number": Message(
        "{file}, line {row}, column “{column}”: “{value}” is not a number.",
        "Write it with a decimal point and without signs between thousands.",
    ),
    "camtrapdp.not_boolean": Message(
        "{file}, line {row}, column “{column}”: “{value}” is neither true nor false.", "Write true or false."
    ),
    "camtrapdp.bad_time": Message(
        "{file}, line {row}, column “{column}”: “{value}” is not a time that can be read in one way only.",
        "Write 2024-05-31T14:30:00+08:00.",
    ),
    "camtrapdp.no_offset": Message(
        "{file}, line {row}, column “{column}”: “{value}” states no offset from UTC, and nothing else "
        "tells it.",
        "State the offset of the camera’s clock, such as +08:00.",
    ),
    "camtrapdp.not_allowed": Message(
        "{file}, line {row}, column “{column}”: the standard does not know “{value}”.",
        "Expected one of: {expected}.",
    ),
    "camtrapdp.out_of_range": Message(
        "{file}, line {row}, column “{column}”: {value} lies outside {expected}.",
        "Correct it; latitude and longitude may have changed places, or a box may be in pixels.",
    ),
    "camtrapdp.not_media_type": Message(
        "{file}, line {row}: “{value}” is not the type of a photograph, video or sound.",
        "Write a type such as image/jpeg.",
    ),
    "camtrapdp.unsafe_media_path": Message(
        "{file}, line {row}: the path “{value}” could lead out of the folder of the package.",
        "Paths of media are relative, without “..”, or addresses.",
    ),
    "camtrapdp.unknown_key": Message(
        "{file}, line {row}, column “{column}”: there is no “{value}” in {expected}. Similar: {similar}.",
        "Correct the name, or add the missing row.",
    ),
    "camtrapdp.bad_effort": Message(
        "{file}, line {row}: this interval of effort cannot be read: {value}.",
        "Expected a station, a start before its end, and a state such as working or stolen.",
    ),
    "camtrapdp.bad_clock": Message(
        "{file}, line {row}: this clock correction cannot be read: {value}.",
        "Take the table as Pardine wrote it, or leave it out and enter the correction again.",
    ),
    "camtrapdp.missing_metadata": Message(
        "The package needs “{value}” in its description. {expected}",
        "Say who made the survey, when the package was made, its title and its sampling design.",
    ),
    "camtrapdp.no_place": Message(
        "The deployment “{deployment}” stands on a local map; a Camtrap DP package needs longitude and "
        "latitude.",
        "State the coordinate reference system of the stations.",
    ),
    "camtrapdp.summer_time": Message(
        "{file}, line {row}: the deployment “{deployment}” is dated {value} throughout, but {n_days} of "
        "its days "
        "lie in summer time ({expected}).",
        "Right if the camera’s clock was left alone; one hour wrong if the office wrote summer time. Compare "
        "with a photograph of a known time before you rely on hours.",
    ),
    "camtrapdp.offsets_differ": Message(
        "{file}: the deployments have several offsets from UTC: {value}.",
        "A session keeps one offset; find out whether clocks were changed or only the way of writing.",
    ),
    "camtrapdp.ends_before_it_starts": Message(
        "{file}, line {row}: the end {value} lies before the start.", "Look which of the two is wrong."
    ),
    "camtrapdp.media_not_named": Message(
        "{file}, line {row}: the observation “{value}” is said of a photograph, but none is named."
    ),
    "camtrapdp.other_deployment": Message(
        "{file}, line {row}: the photograph of this observation belongs to another deployment than "
        "“{value}”.",
        "Look where the photograph was taken.",
    ),
    "wildlifeinsights.days_only": Message(
        "{file}: start and end are days without a time; effort is counted from noon to noon."
    ),
    "wildlifeinsights.no_offset": Message(
        "{file}: the export does not tell the offset of its times from UTC.",
        "State it if you know it; daily activity is right without, and comparing across borders is not.",
    ),
    "wildlifeinsights.no_time_of_day": Message(
        "{file}: {value} of {n_media} images are dated midnight sharp; their time of day was lost.",
        "Days can be used; bursts, encounters and activity by the hour cannot. Take the times from the "
        "originals.",
    ),
    "wildlifeinsights.no_effort": Message(
        "Deployment “{deployment}” does not end after it starts; no effort was counted for it.",
        "Correct its dates.",
    ),
    "wildlifeinsights.failed_camera": Message(
        "Deployment “{deployment}” failed (“{value}”), but not when; it was taken to have worked until "
        "its last "
        "image, {made}.",
        "Correct the effort if you know better.",
    ),
    "wildlifeinsights.bad_code": Message(
        "{file}, line {row}: the deployment “{value}” is blank or stands twice.",
        "Each needs a name of its own.",
    ),
    "wildlifeinsights.unknown_deployment": Message(
        "{file}, line {row}: there is no deployment “{value}”, or the image has no name.",
        "Export deployments and images together.",
    ),
    "megadetector.not_recognised": Message(
        "{file} is neither a result of MegaDetector or SpeciesNet nor a list for them.",
        "Expected “images”, “predictions” or “instances”.",
    ),
    "megadetector.no_results": Message("{file} only lists files to be looked at; it holds no results."),
    "megadetector.failure": Message(
        "{file}: “{value}” could not be looked at: {reason}.", "Look whether the file is damaged."
    ),
    "megadetector.backslashes": Message(
        "{file}: the paths come from Windows (“{value}”); they were read with / between folders."
    ),
    "megadetector.remote_media": Message(
        "{file}: some media lie on the network (“{value}”); none was fetched."
    ),
    "megadetector.no_file_name": Message(
        "{file}, entry {number}: no file is named: {value}.", "Have the results written again."
    ),
    "megadetector.unsafe_path": Message(
        "{file}, entry {number}: the path “{value}” leads out of its folder.",
        "Have the results written again with paths below the folder of the survey.",
    ),
    "megadetector.file_twice": Message(
        "{file}, entry {number}: “{value}” has results twice.",
        "Two result files may have been joined; part them.",
    ),
    "megadetector.unknown_category": Message(
        "{file}, entry {number}: the category “{value}” is not explained in the file.",
        "Expected an entry in “detection_categories”.",
    ),
    "megadetector.bad_detection": Message(
        "{file}, entry {number}: this detection cannot be read: {value}.",
        "A box is left, top, width and height in shares of the picture; a probability lies between 0 and 1.",
    ),
    "camtrapr.station_twice": Message(
        "{file}, line {row}: the camera “{value}” is blank or stands twice.",
        "Cameras of one station are told apart by a column “camera”, seasons by “session”.",
    ),
    "camtrapr.ends_before_it_starts": Message(
        "{file}, line {row}: the camera does not end after it starts ({value}).", "Look which date is wrong."
    ),
    "camtrapr.bad_problem": Message(
        "{file}, line {row}: this time of a problem is not complete or lies outside the deployment: {value}.",
        "A problem needs its first and last day.",
    ),
    "add.names_differ": Message(
        "{n} photographs are named as different animals by their path and by their tags, such as {file}: "
        "{value} by its path, {other} by its tags.",
        "Settle which is right and add the folder again with --replace: until then both are counted, and "
        "each false name makes an animal that does not exist.",
    ),
    "camtrapr.tags_ambiguous": Message(
        "{file}: tagged with several species ({expected}) and with individuals ({value}); which is which "
        "is not "
        "told, so the individuals were left out.",
        "Tag such photographs again, or enter the individuals by hand.",
    ),
    # --- project and store -----------------------------------------------------------------------
    "project.exists": Message(
        "The folder {directory} is a project already.",
        "Choose another folder, or go on working in this one.",
    ),
    "project.not_found": Message(
        "There is no project in {directory}.",
        "Go to the folder of a project, name it with --project, or make one with “pardine new”.",
    ),
    "project.leftover_database": Message(
        "The folder {directory} holds {file} but no project.toml.",
        "If the database is of use, put its project.toml back; otherwise move {file} elsewhere.",
    ),
    "project.server_not_empty": Message(
        "The database for {directory} holds tables already.",
        "A project needs an empty database of its own. To join an existing project, copy its project.toml.",
    ),
    "project.broken_settings": Message(
        "The file {file} cannot be understood: {detail}.",
        "It needs the lines format, name and uid as Pardine wrote them; take them from a backup.",
    ),
    "project.newer_format": Message(
        "The file {file} has format {value}; this Pardine knows up to {expected}.",
        "Install a newer Pardine.",
    ),
    "project.cannot_write": Message(
        "Nothing can be written to {directory}: {detail}.",
        "Choose a folder in which you may write, on a disk that is not full.",
    ),
    "project.cannot_read": Message("The file {file} cannot be read: {detail}."),
    "project.cannot_open": Message(
        "The database in {directory} cannot be opened: {detail}.",
        "Check that you may write in this folder: the database needs it even for reading.",
    ),
    "project.read_only": Message(
        "The database in {directory} is read-only.",
        "Copy the project to a folder in which you may write, or ask its owner for the right.",
    ),
    "project.disk_full": Message(
        "The disk of {directory} is full; nothing was changed.",
        "Make room and try again. The folder “derived” of a project may be deleted at any time.",
    ),
    "project.disk_error": Message(
        "The disk of {directory} does not answer as it should: {detail}.",
        "Nothing was changed. Copy the project to another disk, then run “pardine doctor” on the copy.",
    ),
    "project.busy": Message(
        "Somebody else has been writing to {directory} for half a minute.",
        "Nothing was changed. Wait until the other command has ended, then try again.",
    ),
    "project.database_missing": Message(
        "The project in {directory} has lost its database {file}.",
        "Put the file back, or restore a backup with “pardine restore”.",
    ),
    "project.not_a_database": Message(
        "The file pardine.sqlite in {directory} is not a database.",
        "Put the right file back, or restore a backup with “pardine restore”.",
    ),
    "project.not_a_project_database": Message(
        "The database of {directory} is not one of a Pardine project.",
        "Put the right file back, or restore a backup with “pardine restore”.",
    ),
    "project.damaged": Message(
        "The database in {directory} is damaged: {detail}.",
        "Keep a copy of the folder as it is, and restore a backup with “pardine restore”.",
    ),
    "project.database_refused": Message(
        "The database of {directory} refuses: {detail}.",
        "Check that the server runs, and that the address in project.toml and the password are right.",
    ),
    "project.bad_database_url": Message(
        "The address of the database is not one of PostgreSQL.",
        "Write it as postgresql://user@host/database, without a password.",
    ),
    "project.password_in_url": Message(
        "The address of the database holds a password.",
        "Leave it out of the address and set it in the environment variable {variable}.",
    ),
    "project.server_extra_missing": Message(
        "This project lies on a PostgreSQL server, for which a part of Pardine is not installed.",
        "Install it with: pip install “pardine[server]”.",
    ),
    "project.newer": Message(
        "The project in {directory} was made by a newer Pardine (database {revision}, here {expected}).",
        "Install a newer Pardine; this one leaves the project as it is.",
    ),
    "project.older": Message(
        "The project in {directory} was made by an older Pardine (database {revision}, here {expected}).",
        "Run “pardine upgrade”; it makes a backup first.",
    ),
    "project.uid_differs": Message(
        "The database of {directory} belongs to another project than project.toml says.",
        "Put the files of one project together again.",
    ),
    "project.network_share": Message(
        "The project in {directory} lies on a network share ({kind}).",
        "A database there can be damaged when two computers write. Keep it on a disk of this computer,"
        " or use a PostgreSQL server.",
    ),
    "survey.refused": Message(
        "The survey was not added: {n_problems} problem(s). Nothing was changed.",
        "If the new tables are right and the old ones wrong, add them with --replace;"
        " the former values stay readable.",
    ),
    "survey.conflict_session": Message(
        "Session {code} is in the project with {column} = {stored}; now it is said to be {value}.",
        "Check which is right.",
    ),
    "survey.conflict_station": Message(
        "Station {code} of session {session} is in the project with {column} = {stored};"
        " now it is said to be {value}.",
        "Check which is right.",
    ),
    "survey.conflict_effort": Message(
        "The effort of station {station} {slot} in session {session} from {starts} is in the project with"
        " {column} = {stored}; now it is said to be {value}.",
        "Check which is right.",
    ),
    "survey.conflict_capture": Message(
        "Row {row}: the capture of {individual} at station {station} on occasion {occasion} of session"
        " {session} is in the project with {column} = {stored}; now it is said to be {value}.",
        "Check which is right.",
    ),
    "survey.conflict_fix": Message(
        "Row {row}: the fix of {individual} at {at} in session {session} is in the project with"
        " {column} = {stored}; now it is said to be {value}.",
        "Check which is right.",
    ),
    "survey.conflict_mask": Message(
        "There is a habitat mask for session {session} already, and it differs in {column}.",
        "A session has one mask. Check which is right.",
    ),
    "survey.doubled_session": Message("Session {code} is there twice.", "Keep one row for each session."),
    "survey.doubled_station": Message(
        "Station {code} is there twice in session {session}.", "Keep one row for each station."
    ),
    "survey.doubled_effort": Message(
        "Station {station} {slot} of session {session} has two intervals that start at {starts}.",
        "Keep one of them.",
    ),
    "survey.doubled_mask": Message(
        "There are two habitat masks for session {session}.", "Bring one mask for each session."
    ),
    "survey.mixed_evidence": Message(
        "Session {session} would rest on imported captures and on photographs at once.",
        "Animals of the two cannot be told apart or together: bring one of them as a session of its own.",
    ),
    "survey.unknown_session": Message(
        "Session {session} is spoken of, but nobody told what it is.", "Add the table of sessions with it."
    ),
    "survey.unknown_station": Message(
        "Station {station} of session {session} is spoken of, but nobody told where it stands.",
        "Add the table of stations with it, or correct the name.",
    ),
    "survey.station_in_use": Message(
        "Station {station} of session {session} is missing from the new table, but has captures or effort.",
        "Bring the captures and the effort together with the stations, or keep the station.",
    ),
    "individual.unknown": Message(
        "There is no animal {individual} in session {session}.", "Check both names; case matters."
    ),
    "decision.unknown": Message("There is no decision {value} in this project."),
    "run.unknown": Message("There is no run {value} in this project."),
    "result.unknown": Message("There is no result {value} in this project."),
    "blob.missing": Message(
        "Bytes that the project refers to are not in its database (sha256 {sha256}).",
        "Restore a backup that holds them.",
    ),
    "blob.damaged": Message(
        "Stored bytes are not what they were (sha256 {sha256}).", "Restore a backup made before."
    ),
    "blob.not_a_mask": Message(
        "A stored habitat mask cannot be read: {detail}.", "Add the mask again, or restore a backup."
    ),
    "add.adopted": Message(
        "{n_files} photographs and videos that were stored before have their deployment now: {value}.",
        "What they were given before stays readable; pardine check looks at them again.",
    ),
    "add.file_passed_over": Message(
        "{n} tables among the photographs hold nothing that is known here: {value}.",
        "Name a table itself to be told what it lacks.",
    ),
    "effort.source_differs": Message(
        "{file} told of {n} intervals of camera work before that it does not tell of now, such as {value}.",
        "Bring it with --replace if the new one is right; the former stays readable.",
    ),
    "session.effort_assumed": Message(
        "Of {n} deployments nothing tells when the camera failed ({value}): each is taken to have worked "
        "from its start to its end.",
        "Bring check sheets or an effort table where a camera stood still; otherwise density comes out too "
        "low.",
    ),
    "session.deployments_undated": Message(
        "{n} deployments have no start and end that can be used, and so no effort ({value}).",
        "Bring the check sheets, or a table of deployments with start and end; detections at a station "
        "without effort are not used.",
    ),
    "session.no_effort": Message(
        "None of the {n} deployments has any effort: no start and end, no check sheet, no effort table.",
        "Bring the check sheets (station, slot, arrive, leave, state), then ask again.",
    ),
    "session.no_effort_in_window": Message(
        "No camera worked within the {n_days} days from noon of {first} (session {session}).",
        "Choose another day with --session-start and a reason with --session-reason.",
    ),
    "session.stations_without_place": Message(
        "{n} stations of session {session} have no coordinates: {value}.",
        "Bring a table with station, longitude and latitude (or x, y), beside the check sheets.",
    ),
    "session.places_mixed": Message(
        "Stations of session {session} have coordinates that cannot be brought together: {value}.",
        "Write all in longitude and latitude, or name the projection of x and y with --crs.",
    ),
    "session.places_differ": Message(
        "The deployments of station {station} lie up to {value} m apart; their middle is used.",
        "Are these two stations of one name? Then give them two names.",
    ),
    "session.places_apart": Message(
        "The deployments of station {station} lie up to {value} m apart, which cannot be one place (session "
        "{session}).",
        "Correct the coordinates, or give two stations two names; a table of stations overrules them.",
    ),
    "run.names_missing": Message(
        "{n} photographs and videos of {n_deployments} deployments are stored and checked. None of their "
        "animals has a name yet, and an estimate needs to know who is who.",
        "Mend first what the check lists, then let animals be told apart (pardine identify) or bring their "
        "names (pardine add of tags, tables or a package), and give pardine estimate.",
    ),
    "session.nothing_added": Message(
        "The project holds no survey, no photographs and no package yet.",
        "Bring them with pardine add, then ask again.",
    ),
    "session.sightings_undated": Message(
        "{n} sightings of named animals have no time that can be relied on and are not used, such as "
        "{individual} at {station}.",
        "pardine clock and pardine check tell what is wrong with their clocks.",
    ),
    "session.names_differ": Message(
        "{n} photographs are named as different animals by different people, such as one at {station} "
        "({at}); all names are counted.",
        "Settle who is right; each false name makes an animal that does not exist.",
    ),
    "session.outside_window": Message(
        "{n} detections lie outside the days of session {session}; {n_animals} animals were seen only then.",
    ),
    "session.detections_without_effort": Message(
        "{n} detections in session {session} are from a time when no camera of their station worked, by the "
        "effort; they are left out, such as {individual} at {station} ({at}).",
        "Either the clock or the check sheet is wrong; pardine check tells which photographs.",
    ),
    "session.window_default": Message(
        "No window was chosen: the session is the {n_days} days from noon of {first}, those with the most "
        "effort ({percent} % of all station-days).",
        "Choose it with --session-start, --session-days and --session-reason; --windows shows others.",
    ),
    "session.window_robust": Message(
        "{n} other windows of session {session} give {low} to {high} animals per 100 km², the chosen one "
        "{value}.",
    ),
    "session.window_matters": Message(
        "The window matters: {n} other windows of session {session} give {low} to {high} animals per 100 "
        "km², the chosen one {value}.",
        "Say in the report why this window was chosen; animals may have come and gone, or effort changed.",
    ),
    "session.refreshed": Message(
        "Session {session} was put together anew of what is stored now: {n_stations} stations, {n} rows of "
        "captures.",
    ),
    "session.species_unclear": Message(
        "Animals of several species have names: {expected} (named of all sightings).",
        'Say which is meant, such as --species "Panthera pardus".',
    ),
    "session.species_unknown": Message(
        "There is no sighting of {value}. Sightings (named of all): {expected}.",
        "Write the name as the sightings do.",
    ),
    "session.no_names": Message(
        "No animal has a name yet, so animals cannot be told apart and density cannot be estimated. There "
        "are {n} deployments at {n_stations} stations with effort; sightings (named of all): {value}.",
        "Identify the animals (individualID of the package, tags or folders with names, a capture table). "
        "pardine check shows the effort, pardine export writes it.",
    ),
    "session.name_taken": Message(
        "Session {session} was brought by tables; a session of photographs needs another name.",
        "Give another with --session.",
    ),
    "session.only_tables": Message(
        "The sessions of this project were brought by tables: occasions, independence and the kind of "
        "detector are theirs.",
        "For a session of photographs name its species with --species.",
    ),
    "add.card_unclear": Message(
        "The card in {file} ({n_files} files) could be of {n} deployments of {station}: its times fit none "
        "of them.",
        "Put the card into a folder named like its deployment or like the card, and name that folder in the "
        "pattern with {{deployment}}.",
    ),
    "add.deployments_made": Message(
        "{n} deployments are known from the folders alone: {value}.",
        "Bring the check sheets or a table of deployments for their dates.",
    ),
    "add.no_deployment": Message(
        "{n_files} photographs and videos of {folder} belong to no deployment.",
        'Say what the folders mean, such as --pattern "{{station}}/{{slot}}/**", and add the folder again '
        "with --replace; or bring the check sheets, whose deployments take them up.",
    ),
    "add.times_waiting": Message(
        "{n_files} photographs and videos of {folder} have no time that can be relied on; they are kept and "
        "wait for a person.",
        "Each is listed above with what its sources say.",
    ),
    "add.duplicates": Message(
        "{n} groups of files in {folder} hold the same bytes, such as {value}.",
        "Was a card copied twice? pardine check tells whether they are of different deployments.",
    ),
    "add.copies": Message(
        "{n} photographs are others that were saved again, such as {file} of {value}.",
        "They are kept, and marked as copies.",
    ),
    "clock.nothing_proposed": Message(
        "The check proposes no correction for the clock of {deployment}.",
        "Say what is wrong: --offset-s, --twelve-hours, --day-and-month, --reference or --photograph.",
    ),
    "clock.one_correction": Message(
        "Several corrections of one clock were asked for at once.", "Give one; apply the next afterwards."
    ),
    "clock.bad_reference": Message(
        "“{value}” does not tell what the camera showed and what the time was.",
        'Expected two times and a sign between them, such as "2026-05-01 12:00:10=2026-05-01 12:03:00".',
    ),
    "clock.unknown_photograph": Message(
        "Deployment {deployment} has no photograph “{value}”.",
        "Give the name of the file as it lies on the card, or the end of its path. Is it of another "
        "deployment, or was its folder not added?",
    ),
    "clock.ambiguous_photograph": Message(
        "{n} photographs go by “{value}”: {expected}.", "Give more of the path, so that it is one."
    ),
    "clock.photograph_without_time": Message(
        "Photograph {value} does not tell what the camera showed.",
        "Read its info strip and give both times with --reference.",
    ),
    "clock.offset_asked_alone": Message(
        "An offset from UTC and a correction of the clock were asked for at once.",
        "Set the offset first, then correct the clock.",
    ),
    "strip.not_installed": Message(
        "Info strips cannot be read: the part of Pardine that reads print is not installed.",
        'Install it with: pip install "pardine[strip]"',
    ),
    "strip.no_photographs": Message(
        "There is no photograph whose strip could be read.",
        "Add photographs first. Where they lie on a disk, connect it.",
    ),
    "strip.file_gone": Message(
        "{n} photographs, such as {file}, are not where they lay when they were added.",
        "Connect the disk, or add the folder again from where it lies now.",
    ),
    "clock.nothing_to_undo": Message("The clock of {deployment} was never corrected."),
    "clock.needs_note": Message(
        "A correction is recorded with its reason.", "Say in a few words what shows it, with --note."
    ),
    "export.deployments_left_out": Message(
        "{n} deployments without a place, dates or an offset from UTC are left out, such as {value}.",
        "Bring the stations, the check sheets, or the offset with --utc-offset.",
    ),
    "export.resources_left_out": Message(
        "{n} further resources of the packages that were added are left out: {value}.",
        "Nobody can tell what they give away; --for internal gives them back.",
    ),
    "export.media_left_out": Message(
        "{n} photographs and videos without a deployment or a time that can be relied on are left out."
    ),
    "media.refused": Message(
        "Nothing was stored: {n_problems} problem(s) in what was brought.",
        "Each is listed; nothing in the project was changed.",
    ),
    "media.conflict": Message(
        "{code} ({kind}) is in the project with {column} = {stored}; now it is said to be {value}.",
        "Correct one of the two, or bring the new table with --replace; the former value stays readable.",
    ),
    "media.doubled": Message(
        "{code} ({kind}) stands twice, with different words.", "Correct the table so that it stands once."
    ),
    "media.unknown_deployment": Message(
        "Nobody has told of a deployment {deployment}.",
        "Bring the check sheet or the table of deployments first, or correct the name; case matters.",
    ),
    "media.unknown_folder": Message(
        "The project holds no photographs from a folder or package {folder}.", "Add the photographs first."
    ),
    "media.unknown_media": Message(
        "A statement is about the photograph or video {value}, which was not brought with it.",
        "Add the photographs first, or correct the name.",
    ),
    "media.other_deployment": Message(
        "{file} is in the project as of deployment {stored}; now it is said to be of {value}.",
        "Was the card mixed up? Correct the pattern or the folder, or use --replace if the new name is "
        "right.",
    ),
    "media.file_changed": Message(
        "{file} in {folder} holds other bytes than when it was first brought; both are kept.",
        "Was a card read into the same folder twice? Originals should not be changed.",
    ),
    "media.bad_place": Message(
        "“{value}” is no place in a list of photographs.", "Go back to the first page."
    ),
    "media.bad_offset": Message(
        "The clock of deployment {deployment} cannot be {value} minutes from UTC.",
        "Expected minutes from -840 to 840, such as 480 for UTC+8.",
    ),
    "log.edited": Message(
        "Decision {seq} of chain {origin} was edited after it had been written.",
        "Compare with a backup made before; the log is the proof of who decided what.",
    ),
    "log.missing": Message(
        "Decision {seq} of chain {origin} was removed.", "Compare with a backup made before."
    ),
    "log.broken_link": Message(
        "Decision {seq} of chain {origin} does not follow the one before it.",
        "Decisions before it were changed or put in another order; compare with a backup made before.",
    ),
    "log.doubled": Message(
        "Chain {origin} has two decisions with number {seq}.",
        "Two copies of one project went on apart under one name, or a row was put in.",
    ),
    "log.cut_short": Message(
        "Chain {origin} ends at decision {seq}, but should end at {expected}.",
        "The last decisions were removed; compare with a backup made before.",
    ),
    "log.beyond_head": Message(
        "Chain {origin} ends at decision {seq}, but was left at {expected}.",
        "Decisions were put in without Pardine; compare with a backup made before.",
    ),
    "log.unknown_origin": Message(
        "Nobody knows where the decisions of chain {origin} come from.",
        "They were put in without Pardine; compare with a backup made before.",
    ),
    "log.witness_missing": Message(
        "Decision {seq} of chain {origin} was there when an analysis ran, and is not there as it was.",
        "Compare with a backup made before.",
    ),
    "backup.target_exists": Message(
        "There is something at {path} already.", "Choose another name; nothing is ever written over."
    ),
    "backup.not_a_backup": Message(
        "The file {path} is not a backup of a Pardine project: {detail}.",
        "Choose a file that “pardine backup” made.",
    ),
    "backup.newer_format": Message(
        "The backup {path} has format {value}; this Pardine knows up to {expected}.",
        "Install a newer Pardine.",
    ),
    "backup.damaged": Message(
        "The backup {path} is damaged; nothing was restored.", "Use another backup, and check its disk."
    ),
    "backup.member_damaged": Message("The part {member} is not what was written."),
    "backup.rows_differ": Message("The table {table} has {value} rows; {expected} were written."),
    "backup.cannot_write": Message(
        "The backup cannot be written to {path}: {detail}.", "Choose another folder or disk."
    ),
    "upgrade.not_needed": Message("The project in {directory} is up to date (database {revision})."),
    "upgrade.failed": Message(
        "The project in {directory} could not be upgraded: {detail}.",
        "It is as it was; a backup lies at {backup}. Keep using the older Pardine and report this.",
    ),
    "doctor.integrity": Message(
        "The database is damaged: {detail}.", "Restore a backup with “pardine restore”."
    ),
    "doctor.dangling_reference": Message(
        "{value} row(s) of table {table} refer to something that is not there.",
        "Restore a backup with “pardine restore”.",
    ),
    "doctor.run_abandoned": Message(
        "The run “{workflow}” that started {started_utc} was cut off; its process is no more.",
        "What it had stored is whole; run it again for the rest.",
    ),
    "doctor.read_only": Message(
        "The folder {directory} cannot be written to.", "Ask its owner for the right, or copy the project."
    ),
    "doctor.little_space": Message(
        "The disk of {directory} has {value} MB left.",
        "Make room: at least {expected} MB are needed to write safely.",
    ),
    "doctor.derived": Message(
        "The folder {directory} holds {n_files} file(s), {value} MB, that can be made again.",
        "It may be deleted; that costs nothing but time.",
    ),
    "doctor.leftover": Message(
        "The file {file} was left by a command that was cut off.", "It may be deleted."
    ),
    # --- estimate --------------------------------------------------------------------------------
    "estimate.unknown_session": Message(
        "There is no session “{session}” in the survey.",
        "Check the spelling of the session; `pardine check` lists them.",
    ),
    "estimate.no_stations": Message(
        "Session “{session}” has no stations.",
        "Add the table of stations (detectors) of this session.",
    ),
    "estimate.detector_type_unknown": Message(
        "It is not stated how the stations of session “{session}” count.",
        "Say --detector count (an animal may be recorded several times at a station on an occasion) or "
        "--detector proximity (at most once). Camera traps that keep every visit are of type count.",
    ),
    "estimate.captures_refused": Message(
        "Session “{session}” cannot become a capture history:",
    ),
    "estimate.usage_length": Message(
        "Session “{session}”, station “{station}”: effort on {value} occasions, but the session has "
        "{expected}.",
        "Give one usage value for every occasion; 0 where the station did not work.",
    ),
    "estimate.usage_not_a_number": Message(
        "Session “{session}”, station “{station}”: an effort is missing, negative or not a number.",
        "Effort is station-days on each occasion: 0 or more.",
    ),
    "estimate.place_not_a_number": Message(
        "Session “{session}”, station “{station}”: the coordinates are not numbers.",
        "Give x and y in metres, or longitude and latitude in degrees.",
    ),
    "estimate.unknown_station": Message(
        "Session “{session}”: animal “{individual}” was captured at station “{station}”, which is not "
        "among the stations.",
        "Add the station with its place and effort, or correct the capture.",
    ),
    "estimate.occasion_out_of_range": Message(
        "Session “{session}”: animal “{individual}” was captured on occasion {occasion}, but the session "
        "has {expected} occasions.",
        "Correct the occasion, or add the effort of the missing occasions.",
    ),
    "estimate.capture_without_effort": Message(
        "Session “{session}”, station “{station}”, occasion {occasion}: animal “{individual}” was "
        "captured where the effort is 0.",
        "A camera that photographed was working: correct the effort of that occasion, or the occasion of "
        "the capture.",
    ),
    "estimate.caught_twice": Message(
        "Session {session}: animal {individual} stands at several stations ({station}) on occasion "
        "{occasion}.",
        "Multi-catch detectors hold an animal, so it can be caught at one station an occasion. Correct the "
        "table, or choose --detector proximity if animals move on after a detection.",
    ),
    "estimate.covariate_missing": Message(
        "Session {session}: {column} is missing in {value} places that the model needs (first: {station}).",
        "Fill the cells, take these points out of the mask, or leave {column} out of the model.",
    ),
    "estimate.covariate_not_finite": Message(
        "Session {session}: a term of {parameter} gives values that are no numbers.",
        "A logarithm needs values above 0; powers must stay within what a computer holds.",
    ),
    "estimate.covariate_too_few_values": Message(
        "{column} has fewer than {expected} different values, too few for a spline with {expected} knots.",
        "Write a smaller k, or use {column} without s().",
    ),
    "estimate.codes_as_numbers": Message(
        "{column} has only the values {value} and was used as a number.",
        "If these are codes, write factor({column}) in the model.",
    ),
    "estimate.redundant_terms": Message(
        "Two terms of {parameter} say the same, or one is the same everywhere.",
        "Leave one of them out: the data cannot tell them apart.",
    ),
    "estimate.one_occasion_learns_nothing": Message(
        "The model has a learned response ({value}), but the survey has a single occasion.",
        "An animal can only learn from one occasion to the next. Bring captures and effort by day or week.",
    ),
    "estimate.telemetry_needs_one_sigma": Message(
        "Telemetry fixes can only be used with one sigma a session (or class), and straight distances.",
        "Let sigma vary by session or class only and leave noneuc out, or leave the fixes out.",
    ),
    "estimate.telemetry_needs_kernel": Message(
        "Telemetry fixes cannot be used with {value}: its tail belongs to no use of space, so the fixes tell "
        "nothing of it.",
        "Choose {expected}, or leave the fixes out.",
    ),
    "estimate.contrast_runs_away": Message(
        "Nothing was ever detected where {value} applies, so it is estimated to make detection or density 0.",
        "It has no standard error. Join this level with another one, or read it as: no evidence.",
    ),
    "estimate.always_detected": Message(
        "Where {value} applies, an animal that lives at a station is estimated to be detected there every "
        "time. The coefficient runs away upwards and has no standard error; it is held far out.",
        "Another shape of detection often fits better, such as HEX in place of EX or HHN in place of HN: "
        "compare their AICc.",
    ),
    "estimate.contrast_hardly_told": Message(
        "The data hardly tell {value}: its standard error is large, and the estimate may be far off.",
        "Compare with the model without it. A class or level that is detected nearly always does this.",
    ),
    "estimate.age_contradicts": Message(
        "Session “{session}”: “{individual}” is recorded both as a cub and as older; it is counted as an "
        "independent animal.",
        "Correct the age class if it was a cub with its mother throughout.",
    ),
    "estimate.sex_contradicts": Message(
        "Session “{session}”: “{individual}” is recorded as female and as male; its sex is taken as unknown.",
        "Look at the photographs again: two animals may have been given one name.",
    ),
    "estimate.fixes_used": Message(
        "Session “{session}”: {n} telemetry fixes of {n_animals} animals are used; they tell how far animals "
        "range (sigma)."
    ),
    "estimate.fixes_thinned": Message(
        "Session “{session}”: of {n_brought} telemetry fixes {n} are used, at most one a day of each animal.",
        "Fixes close in time are not independent; taken as such they would make sigma look better known "
        "than it is.",
    ),
    "estimate.cubs_excluded": Message(
        "Session “{session}”: {value} cubs with their mothers are left out; density and abundance count "
        "independent animals.",
    ),
    "estimate.idle_stations": Message(
        "Session “{session}”: {value} stations never worked and are left out ({station}).",
    ),
    "calibrate.inclusion": Message(
        "Judged pair {row}: the probability {value} of its having been judged does not lie between 0 and 1.",
        "Give the share of pairs that were sampled, such as 0.05, or 1 where all were looked at.",
    ),
    "calibrate.too_few": Message(
        "{same} judged pairs of one animal and {different} of two are too few to learn what scores mean.",
        "Judge at least {limit} pairs of each kind, or use the calibration that comes with Pardine.",
    ),
    "reviewers.twice": Message(
        "Reviewer “{reviewer}” gave two verdicts on pair {value}.",
        "Keep the last one; a second opinion comes from another person.",
    ),
    "identity.no_points": Message(
        "There is no passage of an independent animal to estimate from.",
        "Add photographs, or mark which passages show an independent animal.",
    ),
    "identity.point_without_side": Message(
        "{count} passages show neither flank; the first is passage {value}.",
        "Leave out passages without a usable view of a flank: they tell no animal from another.",
    ),
    "identity.pair_with_itself": Message(
        "A passage is said to be another animal than itself.",
        "Correct the list of pairs that are certainly two animals.",
    ),
    "identity.prior_not_positive": Message(
        "The prior median {value} is not a positive number.",
        "Give a number above 0 in the parameter’s own unit.",
    ),
    "identity.flat_prior": Message(
        "A prior with standard deviation {value} of the logarithm is flat or empty.",
        "Give a standard deviation above 0 and at most {limit}: with flat priors every passage could be "
        "an animal of its own, and no estimate would exist.",
    ),
    "identity.too_few_groups": Message(
        "{count} known groups of photographs are too few to learn how much the evidence of a group weighs.",
        "Bring at least {limit} joins of animals with two or more photographs each.",
    ),
    "identity.imputation_refused": Message(
        "Only {count} of the drawn identities could be fitted; {limit} are needed.",
        "Look at why the fits were refused: too few recaptures in most draws mean that identities are too "
        "uncertain for this model.",
    ),
    "identity.one_session": Message(
        "Uncertain identities are estimated for one session at a time.",
        "Name it with --session. Sessions here: {expected}.",
    ),
    "identity.counts_only": Message(
        "Session “{session}” has detector type {value}; uncertain identities need counts of passages.",
        "Keep each independent passage as one row (detector type count): a night with one detection does "
        "not say how many animals made it.",
    ),
    "identity.tables_needed": Message(
        "Uncertain identities need a table of passages and a table of evidence between them.",
        "Give both: --passages FILE and --pair-evidence FILE.",
    ),
    "identity.does_not_go_with": Message(
        "{value} does not go with uncertain identities.",
        "Leave it out, or estimate with the identities as they are.",
    ),
    "passage.twice": Message(
        "{file}, row {row}: passage “{value}” stands in the table twice.",
        "One row a passage; both flanks of one passage belong in one row.",
    ),
    "passage.unknown_station": Message(
        "{file}, row {row}: there is no station “{value}” in the session.",
        "Stations of the session begin with {expected}.",
    ),
    "passage.pair_unknown": Message(
        "{file}, row {row}: “{value}” is not another passage of the table of passages.",
        "Both names of a pair must stand in the table of passages, and differ.",
    ),
    "passage.ratio_unread": Message(
        "{file}, row {row}: “{value}” is no log likelihood ratio.",
        "Write a number (natural logarithm; above 0 for one animal), or the word different for certainty.",
    ),
    "passage.pair_twice": Message(
        "{file}, row {row}: the pair {value} stands in the table twice for this side.",
        "Keep one row for each pair and side.",
    ),
    "identity.chains_disagree": Message(
        "The chains of the estimate with uncertain identities do not agree: {parameter} has R-hat {rhat} "
        "and {size} effective draws.",
        "Run longer (more draws), or look at the doubtful passages: chains that stay apart mean that two "
        "different sets of animals explain the photographs equally well.",
    ),
    "estimate.no_mask": Message(
        "There is no habitat mask for session “{session}”.",
        "Add a mask with --mask, or let one be made from a buffer around the stations.",
    ),
    "estimate.several_masks": Message(
        "There are {value} habitat masks for session “{session}”.",
        "Keep one: join them in one table, each point once.",
    ),
    "estimate.mask_not_a_number": Message(
        "The habitat mask of session “{session}” is empty, or has a point or cell area that is not a number.",
        "Each row needs x, y and the area of its cell.",
    ),
    "estimate.mask_repeats_points": Message(
        "The habitat mask of session “{session}” holds {value} points twice.",
        "Each point stands for its own cell: remove the repeats, they would count their area twice.",
    ),
    "estimate.no_captures": Message(
        "No animal was captured ({session}).",
        "Without captures no density can be estimated: lengthen the survey, or put stations where sign "
        "is found. Report the effort all the same.",
    ),
    "estimate.no_effort": Message(
        "No station worked in session “{session}”.",
        "Check the effort table; leave the session out if the cameras failed.",
    ),
    "estimate.one_detector": Message(
        "All stations of “{session}” stand at one place.",
        "How far animals range ({parameter}) shows only between stations: use several, at most 2 sigma "
        "apart.",
    ),
    "estimate.no_recaptures": Message(
        "No animal was detected twice ({session}; detections: {value}), so {parameter} cannot be estimated.",
        "Lengthen the survey, put stations closer together on trails in use, or analyse the session "
        "together with others that share {parameter}.",
    ),
    "estimate.no_spatial_recaptures": Message(
        "No animal was detected at two stations ({session}), so how far animals range cannot be estimated.",
        "Put stations closer together (several within one home range), or analyse the session together "
        "with others that share sigma.",
    ),
    "estimate.detectors_outside_mask": Message(
        "Session “{session}”: {value} of {expected} stations lie outside the habitat mask ({station}).",
        "Mask and stations probably differ in their coordinate reference system; bring both in the same.",
    ),
    "estimate.some_detectors_outside_mask": Message(
        "Session “{session}”: {value} stations lie more than a cell outside the habitat mask ({station}).",
        "Check their coordinates; habitat that holds a station belongs in the mask.",
    ),
    "estimate.long_session": Message(
        "Session “{session}” lasted {value} days; beyond {expected} days animals are born, die and move "
        "away, and density comes out too high.",
        "Use a window of about 90 days, or split the survey into sessions.",
    ),
    "estimate.session_without_captures": Message(
        "Session “{session}” has no captures: its density is 0, with an upper limit only.",
        "The limit assumes that animals are detected there as in the other sessions.",
    ),
    "estimate.empty_session_shares": Message(
        "Session “{session}” has no captures but shares its density with the others.",
        "Consider a density for each session (D ~ session).",
    ),
    "estimate.one_animal": Message(
        "Everything rests on one animal ({session}).",
        "Report it as a minimum number known alive; the estimate says little more. Survey a larger area.",
    ),
    "estimate.few_recaptures": Message(
        "There are {value} recaptures; with fewer than {expected} the relative error of density is above "
        "about 22 %.",
        "Lengthen the survey or add stations within home ranges; read the interval, not the point.",
    ),
    "estimate.sexes_not_modelled": Message(
        "Both sexes were recorded (sex known for {value} of {expected} animals) but the model treats "
        "them alike: D is probably too low.",
        "Males range farther than females, so one sigma for both hides females that were missed.",
    ),
    "estimate.sigma_beyond_array": Message(
        "{session}: the data fit a sigma of {sigma_km} km, larger than the whole array ({span_km} km); "
        "density would rest on extrapolation.",
        "Check identities and coordinates, and spread the stations over at least one home range "
        "(about 5 sigma across).",
    ),
    "estimate.small_array": Message(
        "{session}: the array ({span_km} km across) is small against sigma ({sigma_km} km).",
        "Spread the stations over at least one home range, about 5 sigma across.",
    ),
    "estimate.wide_spacing": Message(
        "{session}: stations stand {spacing_km} km apart at the median, more than 3 sigma (sigma is "
        "{sigma_km} km).",
        "Few animals are seen at two stations: put them within 2 sigma of each other, at least in pairs "
        "or clusters.",
    ),
    "estimate.coarse_mask": Message(
        "Session “{session}”: mask cells are {cell_km} km wide, wider than sigma ({sigma_km} km).",
        "Use cells of at most half of sigma.",
    ),
    "estimate.narrow_buffer": Message(
        "Session “{session}”: the buffer of {buffer_km} km is less than 4 sigma ({expected_km} km): "
        "density comes out too high.",
        "Widen the buffer, or leave it out and let it be chosen.",
    ),
    "estimate.mask_edge": Message(
        "Session “{session}”: an animal centred at the outer side of the habitat mask still has a chance "
        "of {percent} % to be detected.",
        "If habitat goes on beyond, widen the mask (4 sigma around the stations); density comes out too "
        "high otherwise.",
    ),
    "estimate.buffer_matters": Message(
        "Density still changes by {percent} % when the buffer of {buffer_km} km is widened by a quarter.",
        "Widen the buffer; if the change stays, sigma is not held by the data: spread the stations wider.",
    ),
    "estimate.coarse_grid": Message(
        "Cells of {cell_km} km are wider than half of sigma ({sigma_km} km).",
        "Use a smaller spacing; sessions far apart in scale are better analysed apart.",
    ),
    "estimate.flat_likelihood": Message(
        "The data do not hold {value} ({session}): the likelihood is flat in it.",
        "Share the parameter between sessions, use a simpler model, or collect more recaptures at "
        "several stations.",
    ),
    "estimate.sex_without_recaptures": Message(
        "{parameter} is to differ between the sexes, but no animal that is or may be of sex {value} was seen "
        "twice ({session}).",
        "Let both sexes share {parameter} ({parameter}~1); the other parameters may still differ.",
    ),
    "estimate.sex_without_movement": Message(
        "{parameter} is to differ between the sexes, but no animal that is or may be of sex {value} was seen "
        "at two stations ({session}): its sigma would come out too small, and density far too high.",
        "Let both sexes share it ({parameter}~1). Next time set stations within 2 sigma of the sex that "
        "moves less.",
    ),
    "estimate.class_below_mask": Message(
        "The sigma of a class of animals came out at {sigma_km} km, less than a quarter of a cell of "
        "{cell_km} km (session “{session}”): what it would say depends on where the cells lie.",
        "Nothing tells the movement of that class: let both classes share sigma (sigma~1). If they really "
        "move so little, use smaller cells.",
    ),
    "estimate.density_boundless": Message(
        "No estimate of density under this model ({session}): ever more animals that are hardly ever seen "
        "fit the captures at least as well as any number that could be told.",
        "Fit it without classes that nobody knows (leave h2 out), or with the sexes where they are recorded "
        "(hcov=sex), or share the classes over several sessions. The conditional likelihood does not help; "
        "seeing more of the animals again does.",
    ),
    "estimate.density_untold": Message(
        "The data do not tell density under this model ({session}): its interval would reach from {lower} to "
        "{upper} animals per 100 km2.",
        "Use fewer terms, share parameters between sessions, or collect more recaptures at several stations.",
    ),
    "estimate.no_upper_limit": Message(
        "Many more animals that are hardly ever seen cannot be ruled out at {percent} % ({session}): the "
        "lower limit of density holds, the upper one does not.",
        "Compare with the model without h2. Seeing more of the animals again would settle it.",
    ),
    "estimate.classes_alike": Message(
        "No sign of two classes of animals: both came out alike, and the estimate is that of one class.",
        "Leave h2 out of the model.",
    ),
    "estimate.not_converged": Message(
        "The search for the best fit did not end (largest slope {value}).",
        "Try another detection function or start; check coordinates and effort for mistakes of scale.",
    ),
    "estimate.profile_open": Message(
        "The likelihood does not fall far enough to limit {value} on both sides.",
        "The data hold no limit there; report the one-sided interval or collect more recaptures.",
    ),
    "sexes.differ": Message(
        "Females and males are detected differently: sigma is {female_km} km for females and {male_km} km "
        "for males. With the sexes apart AICc is {gain} lower and abundance changes by {percent} %.",
        'Use the estimate with the sexes apart: --model "hcov=sex, lambda0~h2, sigma~h2".',
    ),
    "sexes.alike": Message(
        "No clear difference between females and males: sigma is {female_km} km and {male_km} km; with the "
        "sexes apart AICc changes by {gain} in their favour and abundance by {percent} %.",
    ),
    "model.unknown_parameter": Message(
        "The model has no parameter “{value}”.",
        "Its parameters are {expected}; HN, HR and EX have g0; HHN, HHR and HEX have lambda0 or a0.",
    ),
    "model.unknown_term": Message(
        "“{value}” cannot stand in the model of {parameter}.",
        "Possible are {expected}; docs/reference/models.md tells what each means.",
    ),
    "model.density_is_derived": Message(
        "The conditional likelihood does not model D.",
        "Leave D out, it is derived from the fit; or use the full likelihood.",
    ),
    "model.not_a_predictor": Message(
        "“{value}” is not a model of a parameter.",
        "Write a parameter, ~ and its terms, such as D~session, lambda0~1, sigma~1.",
    ),
    "model.write_instead": Message(
        "“{value}” cannot stand in a model.",
        "Write {expected}",
    ),
    "model.intercept_stays": Message(
        "{value}: {parameter} always has an intercept.",
        "Write {expected}: it is the same model, and the first level is the intercept.",
    ),
    "model.repeated_parameter": Message(
        "The parameter “{value}” is given twice.",
        "Write each parameter once, with all its terms: D ~ session.",
    ),
    "model.not_toml": Message(
        "The model file cannot be read: {value}.",
        "It must be TOML; see docs/reference/models.md.",
    ),
    "model.unknown_key": Message(
        "The model has an unknown entry “{value}”.",
        "Known are {expected}.",
    ),
    "model.bad_value": Message(
        "The model says {column} = {value}.",
        "Expected: {expected}.",
    ),
    # --- choosing and checking -------------------------------------------------------------------
    "compare.one_model": Message(
        "Models are compared with each other, and there is only {value}.",
        "Ask for another model with --compare.",
    ),
    "compare.different_likelihoods": Message(
        "A {value} and a {expected} likelihood cannot be compared: they describe different data.",
        "Fit all models with one --likelihood.",
    ),
    "compare.different_classes": Message(
        "The models “{value}” and “{expected}” cannot be compared: in one of them the recorded sexes are "
        "data, in the other they are not.",
        "Write hcov=sex in both; leave the sexes out of lambda0 and sigma in one of them.",
    ),
    "compare.different_masks": Message(
        "The models “{value}” and “{expected}” were fitted on different state spaces; their AICc cannot "
        "be compared.",
        "Fit all of them on one habitat mask, or with one buffer and spacing.",
    ),
    "compare.different_data": Message(
        "The models “{value}” and “{expected}” were fitted to different data; their AICc cannot be compared.",
        "Fit all of them to the same sessions and the same table of captures.",
    ),
    "compare.repeated_model": Message(
        "The model “{value}” stands in the comparison twice, and would count twice.",
        "Name each model once.",
    ),
    "compare.not_fitted": Message(
        "The model “{model}” could not be fitted and is not among those compared; the reason follows."
    ),
    "compare.no_aicc": Message(
        "With {value} animals every model has too many parameters for AICc.",
        "Compare simpler models, or share parameters among several sessions.",
    ),
    "compare.one_stands_out": Message(
        "One model stands out: “{model}” holds {percent} % of the weight of evidence among those compared."
    ),
    "compare.several_alike": Message(
        "The data do not choose between models: “{model}” is best ({percent} % of the weight), but {n} "
        "more are as good as it (within 2 of its AICc): {expected}.",
        "Report the average over the models, or the simplest of these.",
    ),
    "compare.best_is_likely": Message(
        "“{model}” is the best of the models compared ({percent} % of the weight); no other is within 2 "
        "of its AICc."
    ),
    "compare.too_many_parameters": Message(
        "“{model}” has {n} parameters, too many for so few animals; it has no AICc and no weight.",
        "Leave terms out of it.",
    ),
    "compare.density_agrees": Message(
        "Session {session}: whichever of the models is right, density is nearly the same ({lowest} to "
        "{highest} animals per 100 km²)."
    ),
    "compare.density_depends": Message(
        "Session {session}: density depends on the model: {lowest} to {highest} animals per 100 km², a "
        "difference of {percent} %.",
        "Report the average over the models: its interval holds the doubt about the model.",
    ),
    "check.no_refits": Message(
        "Of {value} surveys drawn from the fitted model, too few could be fitted again.",
        "The survey is too small for this check: the intervals of the estimate are not to be trusted either.",
    ),
    "check.refits_failed": Message(
        "{value} of {expected} surveys drawn from the fitted model could not be fitted again and are left "
        "out.",
        "The survey is near the limit of what can be estimated; report it with this warning.",
    ),
    "goodness.individuals": Message(
        "Some animals were detected more often, and others less often, than the model can explain (p = "
        "{p}, {n} simulated surveys).",
        "Look whether sexes or ages differ, and whether one animal makes up many of the detections; offer "
        "the model sex as a class.",
    ),
    "goodness.stations": Message(
        "Some stations recorded more animals, and others fewer, than the model can explain (p = {p}, {n} "
        "simulated surveys).",
        "Check the effort of the best and the worst stations; let density or detection depend on the "
        "place (habitat, road or trail).",
    ),
    "goodness.both": Message(
        "Animals used stations otherwise than the model says (p = {p}, {n} simulated surveys): sharper "
        "about some stations, or wider, or in bursts.",
        "Try another detection function; where one visit was counted many times, count it once an "
        "occasion (proximity).",
    ),
    "goodness.no_misfit": Message(
        "The model fits: neither animals nor stations differ from it more than chance does (smallest p = "
        "{p}, {n} simulated surveys)."
    ),
    "bootstrap.bias": Message(
        "Session {session}: in surveys drawn from the fitted model the estimated density is off by "
        "{percent} % in the median.",
        "The survey is small for this model; take the bootstrap interval as the lesser claim.",
    ),
    "ghosts.too_few_twice": Message(
        "Only {value} animals were detected at least twice; at least {expected} are needed to hold the "
        "others against them."
    ),
    "ghosts.not_released": Message(
        "Session {session}: some animals were not released after a capture ({individual}) and could not be "
        "detected again; animals seen once cannot be held against those seen twice."
    ),
    "ghosts.suspected": Message(
        "Session {session}: {value} animals were seen only once, where {expected} would be expected from "
        "those seen more often. Some may be ghosts: known animals that nobody matched. From animals seen "
        "at least twice alone, density is {density} ({lower} to {upper}) per 100 km².",
        "Compare the photographs of animals seen once with all others again, best by a second person.",
    ),
    "ghosts.not_suspected": Message(
        "Session {session}: {value} animals were seen only once; {expected} would be expected from those "
        "seen more often. From animals seen at least twice alone, density is {density} ({lower} to "
        "{upper}) per 100 km²."
    ),
    "ghosts.curve": Message(
        "Session {session}: if {percent} % of the animals seen once were ghosts, density would be "
        "{density} instead of {expected} per 100 km² ({change} %)."
    ),
    "windows.too_few_occasions": Message(
        "Session {session} has {value} occasions; it cannot be parted into {expected} windows.",
        "Bring the captures by shorter occasions (a week or ten days each).",
    ),
    "windows.refused": Message(
        "Part {value} of {expected} of the survey holds too little to be analysed alone ({n} animals)."
    ),
    "windows.agree": Message(
        "Session {session}: the whole session gives {value} animals per 100 km², its parts {expected}; "
        "nothing in this says that animals came or went."
    ),
    "windows.not_closed": Message(
        "Session {session}: the whole session gives {value} animals per 100 km², its parts {expected}: "
        "{percent} % more. Animals seem to have come and gone.",
        "Report the density of a shorter window (about 90 days), or of each part.",
    ),
    "caution.few_movers": Message(
        "Of {n} animals, {value} were seen at more than one station; how far they range (sigma) rests on "
        "these alone.",
        "Set stations closer together or survey longer, until at least {expected} animals are seen at "
        "several stations.",
    ),
    "caution.edge": Message(
        "Session {session}: {value} of {n} animals were seen at the outermost stations only; most seem to "
        "live outside the array.",
        "Extend the array on that side, so that it covers several home ranges.",
    ),
    "caution.one_animal_dominates": Message(
        "Session {session}: animal {individual} alone makes up {percent} % of all detections; detection "
        "and range are mostly those of one animal.",
        "Check its identity and whether a station stands at its den or marking place; count one detection "
        "an occasion (proximity).",
    ),
    "caution.effort_follows_animals": Message(
        "Session {session}: stations that worked longer recorded more animals than their effort explains "
        "(rank correlation {correlation}). Effort may have followed the animals, and density is then too "
        "high.",
        "Check the effort dates of the best and the worst stations; spread effort evenly, also over poor "
        "places.",
    ),
    "caution.effort_avoids_animals": Message(
        "Session {session}: stations that worked longer recorded fewer animals than their effort explains "
        "(rank correlation {correlation}).",
        "Check whether cameras at good places filled their cards, were stolen or fell, and whether their "
        "effort ends when they stopped.",
    ),
    "caution.sexes_differ": Message(
        "Males and females range differently ({male_km} and {female_km} km about their centres), and the "
        "model gives them one sigma: density is then too low.",
        "Fit a model with sex as a class.",
    ),
    # --- design ----------------------------------------------------------------------------------
    "design.cannot_read": Message(
        "The design “{file}” cannot be read: {detail}.",
        "Check its name and place; it is a text file in UTF-8.",
    ),
    "design.not_toml": Message(
        "The design “{file}” is not written as TOML: {detail}.",
        "Write sections such as [survey] and lines such as cameras = 80; words stand in quotation marks.",
    ),
    "design.unknown_key": Message("The design does not know “{value}”.", "Expected one of: {expected}."),
    "design.bad_value": Message(
        "In the design, “{value}” will not do for “{column}”.", "Expected {expected}."
    ),
    "design.two_detections": Message(
        "The design states both lambda0 and g0.", "State one of them: lambda0 (a rate) or g0 (a probability)."
    ),
    "design.model_needs_simulation": Message(
        "The expected precision is that of the null model, not of “{value}”.",
        "Add --simulate 500: surveys of that model are drawn, and the model is fitted to each.",
    ),
    "design.model_full_only": Message(
        "Surveys of “{value}” cannot be drawn: a conditional likelihood has no density.",
        "Leave out likelihood=conditional; for sexes write hcov=sex and terms of h2.",
    ),
    "design.coefficient_missing": Message(
        "The design does not say how large these coefficients of “{model}” are: {value}.",
        "Write them in design.toml under [coefficients], on the link scale: “sigma.h2[M]” = 0.7 makes sigma "
        "of males twice that of females, exp(0.7). An estimate of yours prints them with --json.",
    ),
    "design.unknown_coefficient": Message(
        "The model of the design has no coefficient {value} that could be set.",
        "Expected: {expected}. Intercepts follow from density_per_100km2, lambda0 or g0, and sigma_m.",
    ),
    "design.surveys_refused": Message(
        "{value} of {n} simulated surveys could not be fitted: {detail}. The precision by simulation is that "
        "of the others.",
        "Plan for more nights or more cameras, put stations closer together, or mean to fit a simpler model; "
        "the list of messages tells what each of these codes says.",
    ),
    "design.no_habitat": Message(
        "The design does not say where the habitat is.",
        "Name a table of habitat points (habitat = …), or a project with an estimate (--project).",
    ),
    "design.several_habitats": Message(
        "{file} holds habitat of {value} sessions; a design is for one.", "Keep the rows of one session."
    ),
    "design.crs_differs": Message(
        "{file} is in “{value}”, the habitat in “{expected}”; one cannot be moved to the other.",
        "Bring all tables with longitude and latitude, or all in the same local metres.",
    ),
    "design.no_access": Message(
        "The design limits the distance from roads but does not say where they are.",
        "Name a table of points along roads (roads = …), or a column of distances (access_covariate = …).",
    ),
    "design.no_covariate": Message(
        "No column “{value}” with numbers was found.", "Columns with numbers are: {expected}."
    ),
    "design.no_sites": Message(
        "None of the {value} places lies within {expected} m of a road.",
        "Allow a longer way (max_distance_m), or check that roads and habitat lie on the same map.",
    ),
    "design.no_limit": Message(
        "Nothing limits the number of stations.", "State the number of cameras, or a budget with costs."
    ),
    "design.too_few_cameras": Message(
        "{value} cameras do not make a station of {expected}.", "State more cameras, or one camera a station."
    ),
    "design.too_dear": Message(
        "The budget of {expected} does not pay for one station; the cheapest costs {value}.",
        "State a larger budget, fewer visits or nights.",
    ),
    "design.tells_nothing": Message(
        "No density can come of this survey: {value} animals are expected to be seen.",
        "Take more stations or nights, at least two stations within the reach of one animal.",
    ),
    "design.from_project": Message(
        "Expected density and detection are those of the project’s latest estimate, session “{session}”."
    ),
    "design.stand_in": Message(
        "{parameter} was not stated; taken as {value} {unit} ({taxon}, published).",
        "Numbers of your own animals make a better design: state them under [animals].",
    ),
    "design.goal_missed": Message(
        "Density would be known to {value} % (coefficient of variation), not to the {expected} % wanted.",
        "The figure shows what more nights or stations would bring.",
    ),
    "design.few_moved": Message(
        "Only {value} animals are expected at two stations or more; sigma, and so density, would rest on "
        "them.",
        "Put stations closer together (about 1 to 2 sigma), or leave them longer.",
    ),
    "design.habitat_unseen": Message(
        "Only {value} % of the habitat lies within two sigma of a station.",
        "The design supposes one density everywhere; where that is doubtful, spread stations wider "
        "(min_spacing_m), or leave the unseen part out of the habitat.",
    ),
    "design.part_considered": Message(
        "The habitat is too large to be searched whole: stations were looked for in one part, within whose "
        "reach {value} % of it lies.",
        "Bring the part that you mean to survey as habitat, or name the places yourself (candidates = …).",
    ),
    "design.fewer_stations": Message(
        "{value} stations were placed where the cameras would allow {expected}: budget, spacing or access "
        "allow no more, or there are no more places."
    ),
    "design.internal": Message(
        "These files hold the exact places of cameras: for internal use; do not pass them on."
    ),
    "design.no_gpx": Message(
        "The map is local, without a place on Earth; so there is no file for a receiver (GPX).",
        "Bring habitat with longitude and latitude, or name its coordinate reference system (crs = …).",
    ),
    # --- simulate --------------------------------------------------------------------------------
    "scenario.cannot_read": Message(
        "The scenario {file} cannot be read: {detail}.", "Give the path of a scenario.toml in UTF-8."
    ),
    "scenario.not_toml": Message(
        "{file}, line {row}: this is not TOML: {detail}.",
        "Write [section] on a line of its own, and below it lines such as days = 90; text stands in quotes.",
    ),
    "scenario.refused": Message(
        "The scenario {file} is refused: {n_problems} problem(s).",
        "Correct what is listed; docs/reference/scenario.md tells every key.",
    ),
    "scenario.unknown_section": Message(
        "{file}, line {row}: there is no section “{value}”.", "Did you mean: {expected}?"
    ),
    "scenario.unknown_key": Message(
        "{file}, line {row}: there is no key “{value}”.", "Did you mean: {expected}?"
    ),
    "scenario.bad_value": Message("{file}, line {row}: {column} = {value} cannot be.", "Write {expected}."),
    "scenario.occasions_do_not_divide": Message(
        "{file}, line {row}: {value} days do not divide into occasions of {expected} days.",
        "Choose occasion_days so that days is a multiple of it.",
    ),
    "scenario.sessions_overlap": Message(
        "{file}, line {row}: sessions of {value} days, one each year, would overlap.",
        "Write at most 365 days, or years = 1.",
    ),
    "scenario.landscape_too_small": Message(
        "{file}, line {row}: the strip is narrower or shorter than its habitat grid of {value} m.",
        "Lengthen or widen the strip, lessen narrowing_m, or write a smaller grid_m.",
    ),
    "scenario.stations_do_not_fit": Message(
        "{file}, line {row}: {value} stations need {needed_km} km, and the strip is {length_km} km long.",
        "Write n = {expected} or less, a smaller spacing_m, or a longer strip.",
    ),
    "scenario.faults_above_one": Message(
        "{file}, line {row}: the probabilities of clock and card faults add up to {value}.",
        "A deployment has one such fault at most: let them add up to 1 or less.",
    ),
    "simulate.other_folder": Message(
        "The folder {directory} holds something else, or another simulation.",
        "Name a new folder. To go on with a simulation that was broken off, repeat its command: same "
        "scenario, seed and photographs, same version of Pardine.",
    ),
    "simulate.cannot_write": Message(
        "Writing to {directory} failed: {detail}. What lies there is whole.",
        "Make room on the disk and repeat the same command: it goes on where it was.",
    ),
    "simulate.resumed": Message(
        "An earlier simulation in {directory} was broken off; what it had finished is kept."
    ),
    "simulate.no_photographs": Message(
        "No photographs were asked for: the tables hold the captures as if all had been identified rightly."
    ),
    "demo.identities_are_the_truth": Message(
        "Nobody has identified the animals yet: the capture table is made of the simulation’s own "
        "identities, for the photographs that were taken and not lost."
    ),
    # --- clocks, sheets and the season's check ---------------------------------------------------
    "clock.other_deployment": Message(
        "The correction is for deployment {value}, not for {expected}.",
        "Make a correction for each deployment.",
    ),
    "clock.applied_already": Message(
        "Deployment {deployment}: this very correction ({kind}) is in force already.",
        "Take it back first if it is to be changed.",
    ),
    "clock.not_applied": Message(
        "Deployment {deployment}: this correction ({kind}) is not in force, so it cannot be taken back.",
        "List the corrections of the deployment.",
    ),
    "clock.no_offset": Message(
        "Deployment {deployment}: nobody has said how far its clock is from UTC.",
        "Give the offset, such as UTC+10.",
    ),
    "clock.no_checks": Message(
        "Deployment {deployment}: there is no photograph of a reference clock.",
        "Name at least one, with the time that its clock shows.",
    ),
    "clock.no_swap": Message(
        "Deployment {deployment}: the camera showed {value}; day and month of this date cannot have been "
        "exchanged.",
        "The day must not be above 12. Give a whole offset instead.",
    ),
    "clock.reset_outside": Message(
        "Deployment {deployment}: the moment {value} is not among the times since the reset.",
        "Give a moment since the reset at which the true time is known.",
    ),
    "clock.window_without_reason": Message(
        "The window of a session needs a reason.",
        "Say in a few words why these days and not others, with --session-reason.",
    ),
    "clock.window_too_short": Message(
        "A session of {value} days cannot be.", "Give at least one day; 90 days are usual."
    ),
    "clock.window_long": Message(
        "The session lasts {value} days; above {expected} days births, deaths and moves bias the density.",
        "Compare with shorter windows before you settle on it.",
    ),
    "checksheet.leaves_before_arriving": Message(
        "{file}, line {row}: at station {station} the team left before it arrived.",
        "Correct one of the two times.",
    ),
    "checksheet.visits_overlap": Message(
        "Station {station} {slot}, visit of {at}: it begins before the visit before it has ended.",
        "Check the times of both visits.",
    ),
    "checksheet.other_card": Message(
        "Station {station} {slot}, visit of {at}: card {value} was taken out where card {expected} had been "
        "put in.",
        "Check the names of the cards; photographs of two stations may be mixed up.",
    ),
    "checksheet.stopped_outside": Message(
        "Station {station} {slot}, visit of {at}: the camera is said to have stopped at a time that is not "
        "between the visits.",
        "Check when it stopped.",
    ),
    "checksheet.stop_unknown": Message(
        "Station {station} {slot}: found {state}, and nothing tells since when; no effort is counted from "
        "{starts} to {ends}.",
        "If somebody knows when it stopped, write it into the sheet.",
    ),
    "checksheet.still_standing": Message(
        "Station {station} {slot}: the camera left on {at} has not been visited since; its effort is not "
        "counted yet."
    ),
    "check.unknown_rule": Message("There is no rule “{value}”.", "Expected one of: {expected}."),
    "check.no_time": Message(
        "{subject}: {n} of {n_all} photographs have no time.",
        "Look for a copy with its EXIF data, or read the time from the info strip.",
    ),
    "check.impossible_date": Message(
        "{subject}: {n} of {n_all} photographs are dated {first} to {last}, in the future or before there "
        "were camera traps.",
        "The clock was not set, or fell back to its factory date: correct it by a moment that is known.",
    ),
    "check.outside_deployment": Message(
        "{subject}: {n} of {n_all} photographs are dated outside its visits ({starts} to {ends}): {first} to "
        "{last}.",
        "Check the dates on the sheet, whether the card is that of another station, and the clock.",
    ),
    "check.time_backwards": Message(
        "{subject}: the time goes back {n} time(s), by up to {hours:.1f} h, while the file numbers go on; "
        "first from {before} to {after}.",
        "The clock was set or fell back on the way, or two cards lie in one folder.",
    ),
    "check.clock_check": Message(
        "{subject}: on {n} photograph(s) of a reference clock the camera is off by up to {minutes:.1f} "
        "minutes (drift {drift:.1f} s a day).",
        "Look at what the proposed correction would change, then apply it.",
    ),
    "check.slot_lag": Message(
        "{subject} and {other}: on {n} visits that both recorded their clocks differ by {minutes:.1f} "
        "minutes ({first:.1f} at first, {last:.1f} at last).",
        "Find out which clock is right, from a reference clock or the visits of the team, and correct the "
        "other.",
    ),
    "check.times_disagree": Message(
        "{subject}: {source} and {other_source} tell different times on {n} of {n_all} photographs, on "
        "{n_alike} of them {hours:+.2f} h apart ({first} and {other_first} on the first).",
        "Look at one photograph: its info strip is what the camera showed. Then correct the clock; "
        "--offset-s 0 says that the time taken so far is right.",
    ),
    "check.no_deployment": Message(
        "{n} photographs and videos belong to no deployment, such as {value}: no rule looks at them, and "
        "they count nowhere.",
        "Bring the check sheets, whose deployments take them up, or add the folder again with --replace and "
        "a --pattern that says what its folders mean.",
    ),
    "check.time_to_read": Message(
        "{subject}: nothing tells when {other} was made.",
        "Look at the photograph: where a time is printed on it, write it into the column “time” of the table "
        "of findings, with the verdict “mended” and your name, and record the table.",
    ),
    "check.time_unread": Message(
        "{file}, line {row}: “{value}” in column “{column}” is not a day with a time of day.",
        "Write what stands on the photograph as 2024-05-31 14:30:05, or leave the cell empty.",
    ),
    "check.table_unrecorded": Message(
        "{file} holds {n} verdicts that are not recorded; writing it anew would lose them.",
        "Record them first with pardine check --verdicts {file}, or choose another name.",
    ),
    "check.nothing_added": Message(
        "There is nothing to check: the project holds no photographs, no deployments and no check sheets.",
        "Bring them with pardine add.",
    ),
    "check.strip_alone": Message(
        "{subject}: on {other} only the info strip tells the time, and it was read as {value}.",
        "Look at the photograph. Record “no fault” if it was read right: the photograph then has this time. "
        "If it was misread, write what stands there into the column “time” with the verdict “mended”.",
    ),
    "check.strip_confirms": Message(
        "{subject}: {n_waiting} photographs wait for a time, and the info strips of {n} agree with what is "
        "proposed.",
        "Apply the proposed correction of 0 seconds with a note: it settles the times as they are.",
    ),
    "check.same_hash": Message(
        "{subject} and {other}: {n} photographs are the same files.",
        "One card was copied into two folders: find out whose it is, and look for the card of the other.",
    ),
    "check.missing_card": Message(
        "{subject}: no photographs, though the camera was fetched on {ends} (card {card}).",
        "Look for the card before it is formatted.",
    ),
    "check.serial_two_stations": Message(
        "{subject} and {other}: camera {serial} stands at {station} and {other_station} at the same time.",
        "Check the serial numbers on the sheets, and whether the cards were mixed up.",
    ),
    "check.serial_not_sheet": Message(
        "{subject}: {n} of {n_all} photographs are by camera {serial}, where the sheet has {expected}.",
        "Either the card is that of another camera or the sheet names the wrong one.",
    ),
    "check.label_not_station": Message(
        "{subject}: the camera calls itself “{label}” on {percent:.0f} % of its photographs, but stands at "
        "{station}.",
        "Either the card is that of another station or the camera was moved without a new label.",
    ),
    "check.partner_gap": Message(
        "{subject}: nothing for {days:.0f} days ({first} to {last}), while {other} recorded {n} visits.",
        "If the camera did not work, write it into the effort with its cause.",
    ),
    "check.no_night": Message(
        "{subject}: not one visit by night among the last {n}, since {first}; {percent:.0f} % were expected.",
        "The flash may be dead, or its window covered. Effort by night is then lost.",
    ),
    "check.trigger_storm": Message(
        "{subject}: {n} of {n_all} photographs were taken in {hours} hour(s) of storm, first on {first}.",
        "Cut the grass and branches before the lens; the card may have filled up early.",
    ),
    "check.view_blocked": Message(
        "{subject}: {n} photographs by daylight show nothing, {first} to {last}.",
        "Snow, a leaf or a hand over the lens: write these days into the effort with their cause.",
    ),
    "check.view_moved": Message(
        "{subject}: since {first} the camera looks at something else (agreement {correlation:.2f}).",
        "If it no longer sees the trail, write “moved” into the effort.",
    ),
    "check.overlapping_deployments": Message(
        "{subject} and {other}: two deployments at station {station} {slot} overlap by {days:.1f} days.",
        "Correct their start or end, or tell two cameras of a station apart as slots A and B.",
    ),
    "check.effort_overlap": Message(
        "{subject}: two rows of the effort table ({state}, {other_state}) both tell of {first} to {last}.",
        "Keep one of them, or correct their start or end.",
    ),
    "check.effort_gap": Message(
        "{subject}: the effort table says nothing of {days:.1f} days, {first} to {last}.",
        "Write in what the camera did; until then it counts as not working.",
    ),
    "check.effort_contradicted": Message(
        "{subject}: {n} photographs from a time ({first} to {last}) in which the camera is said to be "
        "{state}.",
        "Correct the effort, or the clock.",
    ),
    "check.effort_uncovered": Message(
        "{subject}: {n} of {n_all} photographs are from days of which the effort table says nothing.",
        "Write in the effort of these days, or correct the clock.",
    ),
    "check.verdict_unknown": Message(
        "{file}, line {row}: there is no finding {value} now.",
        "It is kept; the finding may have been mended since.",
    ),
    # --- identify --------------------------------------------------------------------------------
    "identify.no_photographs": Message(
        "No photograph of {value} was read in this project.",
        "Add the photographs; say which show the species with pardine identify --sightings TABLE.",
    ),
    "identify.no_flanks": Message(
        "None of {n} sightings of {value} shows a usable left or right flank whose side is told.",
        "Tell the side of each animal in a table with the columns file and side, and give it with "
        "--sightings.",
    ),
    "identify.species_unclear": Message(
        "Sightings name several species or none: {expected}.",
        "Say which one with --species.",
    ),
    "identify.species_needed": Message(
        "{file}: it is not said which species the rows to be read are of.",
        "Say it with --species.",
    ),
    "identify.unknown_file": Message(
        "{file}, row {row}: {value} is no photograph of this project, or several go by that name.",
        "Add the photographs first; write as much of the path as tells one from the others.",
    ),
    "identify.nothing_yet": Message(
        "Nobody has been identified in {directory} yet.",
        "Run pardine identify first.",
    ),
    "identify.nobody_said": Message(
        "{file}, row {row}: a verdict without its reviewer.",
        "Fill in the column by, or give --by NAME for all rows.",
    ),
    "identify.unknown_question": Message(
        "{file}, row {row}: there is no question {value}.",
        "Use the table that pardine identify --questions wrote for this project; do not change its first "
        "column.",
    ),
    "identify.file_exists": Message(
        "{file} exists already; verdicts may stand in it.",
        "Choose another name.",
    ),
    "identify.unknown_individual": Message(
        "There is no animal {value} in the catalogue.",
        "Use a name or uid as pardine identify --catalogue writes it.",
    ),
    "identify.unknown_passage": Message(
        "{file}, row {row}: there is no passage {value}.",
        "Use the keys that pardine identify --json lists with each animal.",
    ),
    "identify.no_histories": Message(
        "No animal of {value} can be counted: none is known from a flank.",
        "Run pardine identify first.",
    ),
    "identify.nothing_to_undo": Message(
        "There is nothing to take back.",
        "Verdicts, statements and names that people gave are taken back one by one, the latest first.",
    ),
    "identify.unreadable": Message(
        "{n} of {expected} photographs cannot be read.",
        "See whether the disk with the originals is connected, then run pardine identify again.",
    ),
    "identify.several": Message(
        "{n} photographs show several animals that are not told apart; they say nothing of one.",
        "Give a box for each animal in the table of --sightings.",
    ),
    "identify.no_side": Message(
        "{n} of {expected} sightings show no flank, or nobody told which; they are not compared.",
        "Tell the side in the table of --sightings.",
    ),
    "identify.passages_without_flank": Message(
        "{n} passages show no usable flank and belong to no animal.",
    ),
    "identify.seen_once": Message(
        "{n} of {expected} animals were seen once: some may be known animals that were not recognised.",
        "Questions about them come first; pardine estimate --ghosts shows what they would change.",
    ),
    "identify.one_sided": Message(
        "{n} of {expected} animals are known from one flank only; the better side alone is counted.",
        "Two flanks are joined by two cameras at one station, or by a person.",
    ),
    "identify.weights": Message("What coat evidence is worth was learned from {value}."),
    "identify.done": Message(
        "So few links are expected to be wrong that nothing has to be asked.",
    ),
    "identify.reviewer_errs": Message(
        "{reviewer} errs often: {percent} % of one animal called two, {percent_merge} % of two called one, "
        "by {n} questions with known answers.",
        "Look at some of them together; the verdicts count for less meanwhile.",
    ),
    "benchmark.missing_file": Message(
        "{file}, row {row}: the photograph “{value}” is not in {expected}.",
        "Give paths relative to the folder, or put the photographs into its folder “photos”.",
    ),
    "benchmark.file_twice": Message(
        "{file}, row {row}: the photograph “{value}” stands in row {other} too.",
        "Keep one row for each photograph.",
    ),
    "benchmark.unnamed": Message("{file}: {n} rows without an identity were left out."),
    "benchmark.no_encounters": Message(
        "{file}: no column says which encounter a photograph belongs to, so photographs of one visit answer "
        "for each other and every figure is too good.",
        "Add a column “encounter” (or “sighting”), such as station and day.",
    ),
    "benchmark.no_sides": Message(
        "{file}: no column says which side is seen; every photograph is compared with every other."
    ),
    "benchmark.no_stations": Message(
        "{file}: no column names the stations, so it cannot be told whether places are taken for animals."
    ),
    "benchmark.no_queries": Message(
        "{file}: no animal was photographed in two encounters from comparable sides.",
        "A benchmark needs animals that were met again. Check the columns identity, encounter and flank.",
    ),
    "benchmark.unreadable": Message(
        "{file} could not be read; it counts as a photograph that matches nothing.",
        "Copy it again from the card, if the card is still there.",
    ),
    "benchmark.nothing_seen": Message(
        "In {n} of {expected} photographs no coat was seen (no animal, too small, or black); they count as "
        "photographs that match nothing."
    ),
    "benchmark.several_left_out": Message(
        "{n} photographs with several animals were left out: they say nothing of one."
    ),
    "benchmark.few_queries": Message(
        "Only {n} encounters have a mate: with fewer than {expected}, intervals are too wide to tell "
        "matchers apart.",
    ),
    "benchmark.no_boxes": Message(
        "{file} says nothing of {n} of {expected} photographs; their animals were looked for without a box.",
        "Name files as the detector did; files of one name in two folders need their folders in the labels.",
    ),
    "benchmark.side_suspect": Message(
        "{file} may not show the {value} flank: its mirror image fits {other}, of the other flank.",
        "Look at both, and correct the label or the photograph that was mirrored.",
    ),
    "benchmark.two_stages": Message(
        "{value} and {other} would both do the same.",
        "Give one of them.",
    ),
    "benchmark.projection_alone": Message(
        "--projection without --network: there are no descriptors of a network to be mapped.",
        "Name the network with --network, or leave --projection out.",
    ),
    "detector.other_hash": Message(
        "The weights “{file}” are not the ones that were named: their sha256 is {value}, not {expected}.",
        "Fetch the file again, or name the sha256 of the file that you mean.",
    ),
    "detector.unreadable": Message(
        "The weights “{file}” cannot be used: {value}.",
        "A detector is ONNX that takes one picture (1, 3, height, width) and gives boxes with scores; a "
        "keypoint network gives keypoints, scores and descriptors; a projection is safetensors.",
    ),
    "plugin.not_found": Message(
        "There is no plug-in “{value}” in the group {group}.",
        "Installed are: {expected}. Install the package that brings it, or correct the name.",
    ),
    "plugin.broken": Message(
        "The plug-in “{value}” of the group {group} cannot be used: {reason}.",
        "Tell its author; a plug-in is an object with name, version and function.",
    ),
    # --- report ----------------------------------------------------------------------------------
    "report.no_cjk_font": Message(
        "The PDF holds Chinese characters, and no font for them was found on this computer.",
        'Install one with: pip install "pardine[cjk]". The HTML report can be read without it.',
    ),
    "report.file_open": Message(
        "The report {file} could not be replaced: {reason}.",
        "Another program probably has it open. Close it there and try again, or choose another file name.",
    ),
    "report.cannot_write": Message(
        "The report {file} could not be written: {reason}.",
        "Check that the folder exists, that you may write into it, and that the disk is not full.",
    ),
    # --- command line ----------------------------------------------------------------------------
    "stage.simulate": Message("Simulating a survey"),
    "stage.take": Message("Taking photographs"),
    "stage.read": Message("Reading and checking the tables"),
    "stage.store": Message("Storing"),
    "stage.photographs": Message("Reading photographs and video"),
    "stage.thumbnails": Message("Making thumbnails"),
    "stage.strips": Message("Reading info strips"),
    "stage.check": Message("Checking"),
    "stage.estimate": Message("Estimating"),
    "stage.report": Message("Writing the report"),
    "stage.resample": Message("Resampling"),
    "stage.match": Message("Comparing photographs"),
    "stage.judge": Message("Judging"),
    "stage.design": Message("Designing"),
    "doctor.result_up_to_date": Message(
        "The {kind} made at {value} is up to date.",
    ),
    "doctor.result_out_of_date": Message(
        "The {kind} made at {value} is out of date: what it was made from has changed since.",
        "Run it again before you use its numbers.",
    ),
    "report.no_estimate": Message(
        "The project in {directory} holds no estimate yet.",
        "Run pardine estimate first.",
    ),
    "report.out_of_date": Message(
        "What was estimated from has changed since the estimate of {value}.",
        "Run pardine estimate again, then the report.",
    ),
    "demo.folder_not_empty": Message(
        "The folder {directory} is not empty.",
        "Name a new folder with --out, or remove this one.",
    ),
    "model.cannot_read": Message(
        "The model file {file} cannot be read: {detail}.",
        "Give the path of a model.toml in UTF-8, or write the predictors themselves.",
    ),
}
