"""What leaves the program: the Excel workbook."""
