"""Forms of a higher office: workbooks whose cells hold marks such as {签约金额·完成率}, filled from the standings."""
