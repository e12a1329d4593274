<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en">
    <context>
        <name>LWCTR</name>
        <message>
            <source>Back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy the command line of this step, to run it without Slicer or for many patients (Ctrl+Shift+C)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How much of this command is done</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Set-up</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop within two seconds; what is finished is kept, and a new run goes on from there (Esc)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The prediction model of this case is a demonstration: its scores say nothing about a real patient</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The step after this one (Alt+Right)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The step before this one (Alt+Left)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Time left, from the speed so far</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What is happening, and what to do next</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What is installed in Slicer's Python, what is missing, and one click to install it (Alt+0)</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRLogic</name>
        <message>
            <source>0</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Age</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Alpha-fetoprotein</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>B</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>BCLC stage</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>C</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>CR</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Child–Pugh class</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cirrhosis</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ECOG performance status</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Etiology</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extrahepatic spread</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>HBV</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>HCV</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ICI + TKI</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ICI + anti-VEGF</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ICI + anti-VEGF + TKI</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Largest tumour diameter</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Macroscopic portal vein invasion</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>PD</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>PR</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>SD</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sex</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Treatment</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tumour number</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Up-to-seven criteria</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>a reader saved every mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>absent</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>alcohol</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>all four scans are there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>beyond</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>case or findings changed since: write it again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>cm</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>every scan has a liver mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>features of every mask in use</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>female</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>mRECIST at the follow-up scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>mRECIST is not given</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>made with other masks than those in use: {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>male</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>multiple</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ng/mL</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no clinical value yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no features yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no mask to look at yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no reader has saved a mask of {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no report yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no result yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no scan has a liver mask yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not imported yet: {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>other</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>present</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>propagated, to be reviewed: {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>report.html and report.pdf</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>scores of what the case holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>single</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the case has no scan yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the centre of the scans changed since: run again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the clinical values changed since: run again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the features changed since: run again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the masks or features changed since: run again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the result changed since: write it again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>values: {count}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>warnings about masks: {count}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>warnings about the scans: {count}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>within</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>without a liver mask: {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>without {names}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>years</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.BatchBox</name>
        <message>
            <source>A cohort table (.csv, .xlsx or .parquet), one row a patient</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All patients of a study list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>At a time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a patient of the list first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a table and a folder for the output.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the folder in which each patient of the list gets a case folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy the command line of this list, for a computer without Slicer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No patient is done yet. Press Run the list: each one appears here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No study list is open. Choose a table with one row a patient: case_id, scans or a DICOM folder, clinical values.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open the chosen patient's case folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open this case</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Output</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Patients at a time; each needs the memory of one run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run every patient; a bad case stops no other, and a rerun does only what is missing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Run the list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Running the study list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The folder for the patients' case folders and the tables</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The patients of the list that have a case folder; a double click opens one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{done} of {count} patients done.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{failed} failed: see failures.csv in the output folder.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ClinicalStep</name>
        <message>
            <source>5  Clinical values and response</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A model bundle (zip); empty for the bundled demonstration model</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Centre of the scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check the values and write them into the case; unknown values may stay empty</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the centre of the scans: this model adjusts for it, and scores no other's patients.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Clinical</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close the reading first: a reader sees no outcome.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Fill in what is known; each missing value costs the models that need it ({why}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Other values, for the report</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Prediction model</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save the values.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save values</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Saved {count} values.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The values are saved. Go on with Next.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Values that the model uses</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Where the scans were made: this model takes the effects of the scanners of these centres out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>choose the centre</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not known to this model: {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>used by: {models}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{low:g} to {high:g} {unit}, or empty if unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{word} counts as {code:g}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.CorrectStep</name>
        <message>
            <source>3  Correct: look at every mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A reading was left open: resume it or give it up (step 3). Until then no score is shown.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Another program has a reading of this case open. Until it is closed no score is shown.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Checking the masks</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close the reading first: a reader sees no score and no outcome.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close the reading, or draw on and save another version.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Correct</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Draw, then save a version and close the reading. Scores and other masks are hidden meanwhile.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Every mask was saved by a reader. Go on with Next.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kept what is drawn.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a reading of each scan and look at every slice ({why}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Previous</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save a version first, or undo all: something is drawn that no version holds.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Saved {name}. It is being checked.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The convention, with a picture: what is inside the mask and what is not</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The scan after this one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The scan before this one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The scan to look at</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Throw away what was drawn since the last saved version?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Undo all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What belongs to the mask?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What is drawn could not be kept: {error}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.DemoPatients</name>
        <message>
            <source>Another version's patient was there: it is now {folder}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Making simulated patient {number}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.Dependencies</name>
        <message>
            <source>A command is running: wait for it or cancel it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A folder of wheels made by 'lwctr doctor --bundle', for a computer without network</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>DICOM SEG and SR</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Everything needed is there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Everything needed is there. For segmentation install the extension PyTorch, which picks the build for your graphics card, then come back.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extensions that help</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Install the missing packages into Slicer's Python; packages that are there stay as they are</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Install what is missing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Installed. If a step does not find a package yet, restart Slicer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Installing packages…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>LWCTR measures whole livers on two CT examinations, before and after the start of immunotherapy, and computes a score. It runs in seven steps, from left to right above. Nothing leaves this computer, and nothing is installed before you press the button.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Missing: {names}. Press Install what is missing.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing is missing.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Package</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Packages that were loaded before are used anew after a restart</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>PyRadiomics as another engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Restart</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Restart Slicer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Restart Slicer now? Save the scene first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Segmentation by nnU-Net, too</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Set-up: what this module needs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop the installation</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The installation was cancelled.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What for</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What is installed in Slicer's Python</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What pip says</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Without network: a folder of wheels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>another segmentation model</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>faster segmentation without a graphics card</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>installs nnunetv2</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>installs torch for your graphics card</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>missing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>needed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>nnunetv2, without which a liver mask must be drawn or taken from a file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>outside Slicer only</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>pip could not install everything: {error}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>segmentation by TotalSegmentator</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>segmentation by nnU-Net</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{version}, but needed: {wanted}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ExportBox</name>
        <message>
            <source>Choose the folder with the original DICOM series.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Confirm</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder for the DICOM files</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>For NIfTI files and simulated patients: CT images with made-up UIDs are written beside the masks, under the pseudonym. An archive will not join them to the patient's scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Identified export for a PACS (DICOM SEG and SR)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Readers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Series</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The folder with the patient's original DICOM series</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The scans are not from DICOM: generate UIDs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The score of a demonstration model never enters an archive</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The score, too</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is no score: compute the result first (step 6)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>These files carry the patient's name and number, taken from the original DICOM series, so that they can return to the archive. A demonstration model's score is never among them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>These files carry the pseudonym and made-up UIDs, over CT images that are written with them. No folder and no confirmation is needed: they name nobody.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type the case's pseudonym to confirm that named files are wanted</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Type the pseudonym {name} to confirm: these files will name the patient.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Who made the masks, as the archive is to show it; several readers with ';' between them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write DICOM SEG and SR…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write the masks as DICOM SEG, and the volumes and main features as DICOM SR</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write the score into the SR of the last examination</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writing DICOM SEG and SR</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>pseudonym, to confirm</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>reader-1=Doe^Jane; reader-2=Roe^Max</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.FeaturesStep</name>
        <message>
            <source>4  Features: 1,316 numbers a scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A PyRadiomics parameter file (YAML or JSON)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a settings file, or take the settings of the prediction model.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click a row to read its values with every digit in the line above</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compute features</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compute the features of every scan with a mask; what is up to date is kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Computing features</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copied {count} features.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy the rows shown, with their heading, to paste into a spreadsheet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export CSV and Excel…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Feature</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Features</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>File</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find the liver first (step 2).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder for the tables</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How features are computed: only with the model's own settings do they fit its score</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case with scans first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Press Compute features ({why}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>PyRadiomics</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search, such as: wavelet glcm contrast</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Settings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show only features whose name holds all these words</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The features are those of the masks in use. Go on with Next.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There are no features to copy yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There are no features to write yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What computes the features: the built-in engine, or PyRadiomics where SlicerRadiomics is installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write features.csv, features.xlsx and the scores into a folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writing the tables</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>a settings file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>as the prediction model was trained</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>built-in engine</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>features.csv is damaged ({error}): press Compute features to make it anew.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>it holds no features</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} of {total}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.FindingsBox</name>
        <message>
            <source>Accept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Accept the chosen warning for this reason; it stays in the report</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Accepted: the report keeps the warning with its reason.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a warning and give a reason for accepting it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reason, such as: left lobe resected in 2019</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Warnings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What the checks of scans and masks noticed. Choose one to accept it with a reason.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Why this warning can be accepted; the report prints it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{finding} Accepted: {reason}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.Forms</name>
        <message>
            <source>Baseline, arterial</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Baseline, portal venous</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Follow-up, arterial</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Follow-up, portal venous</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.Help</name>
        <message>
            <source>&lt;b&gt;Clinical&lt;/b&gt;: the values that the model uses, and mRECIST by two readers.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;b&gt;Correct&lt;/b&gt;: look at every mask; each save is a new version that nothing replaces.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;b&gt;Features&lt;/b&gt;: 1,316 radiomic features of each scan.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;b&gt;Patient&lt;/b&gt;: choose a case folder and bring in four CT scans: baseline and follow-up, arterial and portal venous. The choice can be changed at any time.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;b&gt;Report&lt;/b&gt;: HTML and PDF, DICOM SEG and SR, and whole lists of patients.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;b&gt;Result&lt;/b&gt;: the score, the survival estimate, and why.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;b&gt;Segment&lt;/b&gt;: let a model find the liver in each.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Alt+1 to Alt+7 open a step, Alt+0 the set-up, Ctrl+R runs a step, Esc cancels, F1 shows the mask convention.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Segmentation with nnU-Net, radiomic features after PyRadiomics' definitions. Not a medical device: for research only.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>To try it without data: choose a new folder and press &lt;i&gt;Make a simulated patient&lt;/i&gt;. The bundled prediction model was fitted to simulated patients and says nothing about a real one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Whole-liver CT radiomics before and after the start of immunotherapy, in seven steps.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.MaskConvention</name>
        <message>
            <source>Draw the same way at baseline and at follow-up, in both phases: the score is made of the change.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Inside the mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Outside the mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The liver mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>a thrombus inside the liver</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>a tumour that grows out of the liver</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ablation material outside the capsule</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>ascites</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the gallbladder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the portal vein outside the liver</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the vena cava</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the whole liver with every tumour</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>vessels inside the liver</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.MrecistBox</name>
        <message>
            <source> Ruled by {reader}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>CR: no enhancing tumour left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the response first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>In the case: {category}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No reader has answered yet.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Note the answer; a second reader answers without seeing the first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Note this answer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Noted. {state}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>PD: grew by 20 % or more, or new tumours</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>PR: enhancing diameters shrank by 30 % or more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reader</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Response</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rule as adjudicator</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>SD: neither PR nor PD</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The response by enhancing tumour; CR, PR and SD count as response, PD as none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Where the two readers differ, a third one decides</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Who answers: a pseudonym, never a name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>choose the response</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>mRECIST at the follow-up scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{answers}. Result: {result}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{answers}. They differ: an adjudicator is needed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{reader} has answered; the second reader is to come.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.Panel</name>
        <message>
            <source> The case folder has moved; the panel follows it to {folder}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A command is running: wait for it or cancel it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>And {count} more: rest the mouse on this line.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copied: {command}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Opened case {name}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading the scans and masks…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The case folder {folder} is not there any more. Choose where it is now: nothing of the case is kept in the scene.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Warning: {text}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>a reading is open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title}: cancelled. What was finished is kept.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title}: done, but not for every patient.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title}: done.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{title}: {error}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.PatientStep</name>
        <message>
            <source>1  Patient: case folder and scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A folder with DICOM or image files of one patient, in any mixture</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A loaded volume is chosen twice: each needs to be a scan of its own.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A loaded volume to take as: {volume}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Align here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bring these scans into the case</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bringing the scans in</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Case folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change the scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check dates, phases and geometry of the scans and every mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Checking the scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a DICOM folder and press Look, or take loaded volumes.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a case folder and open it, or make a simulated patient in a new folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a folder first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a new folder for the case first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a new folder for the simulated patient first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose at least one loaded volume.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the folder with the patient's scans first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the scan of each volume, or look into a folder for others; then press Change the scans.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy the chosen volumes into the case folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Day of the first immunotherapy dose. Only the number of days to the scans is kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drop a DICOM folder or a case.json here</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find every CT series in the folder and propose timepoint and phase of each, with the reason</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>First dose</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Four views</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Give the case the scans chosen above. Masks and readings stay with their scan; one that leaves the case is put aside with them, and can be brought back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Letters, digits, '.', '_' and '-'. Never a name: this is what files and reports carry</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look through the proposal, change it where it is wrong, then bring the scans in.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look through the warnings: {why}. Then go on with Next.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Looking for scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make a patient with four simulated CT scans in this folder, to try the panel without any data</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make a simulated patient</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Making a simulated patient</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No scan is chosen: choose at least one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open the case in this folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Or scans from elsewhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Or take volumes that are loaded</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Patient</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pseudonym</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ready: {why}. Go on with Next.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Scans to bring in</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Scroll together</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Scrolling one view moves the others to the same height of the liver, not of the table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show baseline above follow-up, arterial beside portal venous, window 200 / level 45</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take the slices shown now as the same place, and scroll on together from there</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take these volumes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The first dose is no date: write YYYY-MM-DD, or leave it empty.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The folder of one patient: an existing case, or a new folder to make one in</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is no case in {folder} yet: choose the patient's scans below, and one is made.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Views</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write the chosen scans into the case folder, with the pseudonym and without any date</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>YYYY-MM-DD, or empty if unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>a random one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>chosen by the user</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} of them cannot be used (see below).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} scans found.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} is a file: choose a folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} is no whole path: choose the folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{scan} is chosen twice: each volume needs a scan of its own.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ProcessRunner</name>
        <message>
            <source>The process ended with code {code}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The process was ended from outside, most often because memory ran out. What was finished is kept: run again to go on.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{program} could not be started</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.PropagateBox</name>
        <message>
            <source>Carry a mask over from another scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Carry over</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Carrying the mask over</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case with at least two scans first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Register the two scans around the liver and move the mask; look at it before you use it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The mask was carried over: look at every slice and save it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The scan whose mask is carried over</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ReadingBox</name>
        <message>
            <source>Begin to read this scan: scores, outcomes and other readers' masks are hidden until it is closed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Check what is drawn: size, pieces, holes, borders, HU. This also happens every minute</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close reading</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>End this reading; what was hidden can be seen again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go back to the last saved version, or to what the reading started from</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No reading is open: open one to draw.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing to be noticed about what is drawn.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open reading</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open: {reader}, reading {number}, started from {start}; {minutes}:{seconds:02d} min of work. Kept each minute.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reader</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save version</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save what is drawn as a new version; earlier versions stay as they are</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Something that a reading needs is not installed: see Set-up.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Start from</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This scan is not there.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ticked for the first reader's mask; a second reader's and a repeat reading's are kept for comparison, unless you tick this</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Undo all</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Use this version for the features</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What the reader sees first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Who reads: a pseudonym of letters, digits and '-', never a name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>an empty mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the mask carried over from another scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the mask taken from a file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the mask that the model found</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.RecoveryBox</name>
        <message>
            <source>A reading was left open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close that reading; what no version holds is thrown away</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close this reading and throw away what no version holds?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Give it up</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go on with the last state that was kept</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Resume</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with nothing unsaved</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>with work that no version holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{reader}, reading {number} of {volume}, {kept}. Scores stay hidden until it is closed.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ReportStep</name>
        <message>
            <source>7  Report and export</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy report.html and report.pdf into a folder; they carry the pseudonym only</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder for the report</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1), or choose a list of patients below.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open in browser</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Page {page} of {count}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Press Write the report ({why}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Preview</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Report</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save a copy…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Saved {name}-report.html and .pdf in {folder}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show report.html in the web browser</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The next page</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The page before</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The report is up to date: save a copy, or run the next patient.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write report.html and report.pdf; what is out of date before it is done anew</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write the report</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Writing the report</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ResultStep</name>
        <message>
            <source>6  Result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;b&gt;No score&lt;/b&gt;: no model could run on what was given.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>&lt;span style='font-size:16pt'&gt;&lt;b&gt;{score:.2f}&lt;/b&gt;&lt;/span&gt; &lt;b&gt;{answer}&lt;/b&gt; (cut-off {cutoff:.2f}, {model}). {mrecist}The score is the probability, by this model, of living longer than 12 months.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Answer</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Apply the prediction model; what is out of date before it is done anew</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close the reading first: a reader sees no score.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compute the result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Computing the result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cut-off</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Demonstration model, simulated patients, not for clinical use</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Model</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Months</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nomogram</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Overall survival</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Press Compute the result ({why}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Probability</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Probability of living longer than 12 months, by each model that could run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Progression-free survival</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Read the warnings before the score. Go on with Next for the report.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Result</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Score</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show in a plot view</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the survival curves in Slicer's plot view, where they can be measured</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Survival</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The curves are in Slicer's plot view. {notice}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The full drawing is in the report (step 7).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The seven models</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is no survival curve to show.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>To know before trusting this</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Why this score</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and {count} smaller parts (all are in the report)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>mRECIST: {category}. </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>missing: {what}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no cut-off</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>non-responder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>prediction.json cannot be read ({error}): compute the result again.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>responder</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.RunBox</name>
        <message>
            <source>Stopping: {title}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>about {hours:.1f} h left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>about {minutes} min left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>less than a minute left</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ScanChange</name>
        <message>
            <source>Changing the scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose other scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close the reading first: its scan must stay.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Exchange scans of the case, put one aside, bring one back, or take another series</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep these scans</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing was changed: choose another scan for a volume first.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.ScanTable</name>
        <message>
            <source>Put aside {number}: {volume}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Scan {number} ({label}) cannot be used: {problem}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Scan {number}: {label}, {what}, {day}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Which scan is this volume? The proposal is a guess from what the files and the image say.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>day unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>day {day:+d} from the first dose</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>day {day}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no date</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not imported yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>proposed: </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>until now {volume}; </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>your choice; the proposal was {phase}: </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{slices} slices of {mm:.1f} mm</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.SceneBridge</name>
        <message>
            <source>{scan}: the mask in use is {new}; the scene had {old}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{scan}: the scan in the case folder is another one than in the scene.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{scan}: what was drawn in the scene is in no version of the case; it is kept as “{name}”.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{volume} liver, drawn and in no version</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.SceneImages</name>
        <message>
            <source>Remove the transform in the Data module, or harden it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>a CT volume, one value a voxel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the mask of {name} could not be brought into the scene</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the volume {name} has {count} values a voxel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>volumes and masks where the scanner put them</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} is moved by the transform {transform}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.SegmentStep</name>
        <message>
            <source>2  Segment: find the liver</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A liver mask: .seg.nrrd, a label map (.nii.gz, .nrrd, .mha) or DICOM SEG</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Bring the mask onto the scan's grid and use it; a mask that cannot fit is refused with numbers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a mask file first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a model and press Find the liver ({why}).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Device</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Estimate</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Estimating…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Every scan has a mask. Go on with Next to look at each one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find the liver</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Finding the liver</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Look at every mask: no model is always right.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Model</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Needs the package TotalSegmentator with its weights; its outline leaves large tumours out, so look at every mask.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No estimate for TotalSegmentator: minutes a scan with a graphics card.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open a case with scans first (step 1).</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Or take a mask made elsewhere</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Scan</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Segment</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Segment every scan that has no mask yet; a mask that a reader made is never replaced</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Take this mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Taking the mask</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Tell time and memory that the run will need, before it starts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The scan that the mask belongs to</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>TotalSegmentator, where installed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Trained on simulated scans only. On real patients a reader must look at every mask and correct it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What finds the liver: the bundled model, one that you installed, or TotalSegmentator</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Where the network runs; automatic takes a graphics card where there is one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>automatic</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>found by a model, not looked at by a reader</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>graphics card (CUDA)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no mask yet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>processor</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>propagated, to be reviewed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>saved by {reader}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>taken from a file, not looked at by a reader</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} scans: about {minutes:.0f} min on the processor, {memory:.1f} GB memory</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{name} (comes with the extension)</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.StepList</name>
        <message>
            <source>closed while a reading is open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>done</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>needs attention</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not done yet</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.Views</name>
        <message>
            <source>Aligned: the views scroll together from here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the four views first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Showing {count} scans, window 200 / level 45.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is nothing to show yet.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>LWCTRWidgets.WorklistBox</name>
        <message>
            <source>A table made by 'lwctr readings plan': who reads what, in a random order, and again</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a worklist first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing is due before {day}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing is left to read on this list.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open my next reading</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open what the reader named above reads next; nothing of the case is shown before it is open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Save and close the open reading first.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Worklist of a reading session</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{done} of {total} readings done.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{scan}, reading {number}. {state}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>qSlicerAbstractCoreModule</name>
        <message>
            <source>Quantification</source>
            <translation type="unfinished" />
        </message>
    </context>
</TS>
