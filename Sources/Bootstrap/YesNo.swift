/// A setting that is on or off.
enum YesNo: String, CaseIterable { case yes, no }
