/* Never ends and never steps. */
int main(void)
{
    for (;;) {
    }
}
