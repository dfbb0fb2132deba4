//! The report as one self-contained HTML file (placeholder until the template is in).
