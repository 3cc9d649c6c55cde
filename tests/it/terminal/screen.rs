//! What stands on a screen after all that was written to it, as far as this program steers one.

/// The lines of the screen, without the blanks at their ends.
pub(super) fn lines(written: &str) -> Vec<String> {
    let mut screen: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0_usize, 0_usize);
    let mut rest = written.chars();
    while let Some(c) = rest.next() {
        match c {
            '\r' => column = 0,
            '\n' => row += 1,
            '\u{1b}' => {
                assert_eq!(rest.next(), Some('['), "another escape in {written:?}");
                let mut number = String::new();
                let verb = loop {
                    match rest.next().unwrap() {
                        c if c.is_ascii_digit() || c == ';' || c == '?' => number.push(c),
                        verb => break verb,
                    }
                };
                let by = number.parse().unwrap_or(1);
                match verb {
                    'A' => row = row.saturating_sub(by),
                    'B' => row += by,
                    'C' => column += by,
                    'D' => column = column.saturating_sub(by),
                    'G' => column = by - 1,
                    'K' if number == "2" => screen[row].clear(),
                    'K' => screen[row].truncate(column),
                    'J' => {
                        screen[row].truncate(column);
                        screen.truncate(row + 1);
                    }
                    'm' | 'h' | 'l' => {}
                    other => panic!("another escape, {other}, in {written:?}"),
                }
            }
            c => {
                let line = &mut screen[row];
                line.resize(line.len().max(column + 1), ' ');
                line[column] = c;
                column += 1;
            }
        }
        screen.resize(screen.len().max(row + 1), Vec::new());
    }
    screen.into_iter().map(|line| line.into_iter().collect::<String>().trim_end().to_owned()).collect()
}
