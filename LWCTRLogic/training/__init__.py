"""Training a model bundle: reading a cohort, selecting features, fitting, and judging the fit honestly.

:mod:`LWCTRLogic.models` holds what a bundle is and how it predicts; everything here needs a cohort with
outcomes and is never needed to predict.
"""
